// What Swift cannot import of libcurl itself (curl_easy_setopt is variadic) stands here as inline wrappers.
#pragma once
#include <curl/curl.h>
