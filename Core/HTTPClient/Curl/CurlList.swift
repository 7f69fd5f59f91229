internal import CCurl

/// A list of texts as libcurl takes them; it must live as long as the handle that uses it.
// SAFETY: the list is built by its owner and only read by libcurl.
@safe final class CurlList {
    private(set) var head: UnsafeMutablePointer<curl_slist>?

    init(_ texts: [String]) throws(HTTPClientError) {
        for text in texts {
            guard let longer = unsafe curl_slist_append(head, text) else {
                unsafe curl_slist_free_all(head)
                throw .outOfMemory
            }
            unsafe head = longer
        }
    }

    deinit { unsafe curl_slist_free_all(head) }
}
