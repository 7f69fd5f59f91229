import GantryHTTP

/// The page that a browser sees: whether the server works, and where to go from there.
enum StartPage {
    static let routes = StaticFiles([
        "/": PackageResources.index_html, "/start.css": PackageResources.start_css,
        "/start.js": PackageResources.start_js,
    ]).routes()
}
