/// What flags and files say about who asks: further authorities, proxies, tokens, issuers, keys.
package dev.longshore.server.identity;
