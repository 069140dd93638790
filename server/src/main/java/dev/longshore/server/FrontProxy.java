package dev.longshore.server;

import dev.longshore.http.TlsIdentity;

/// As whom the API server stands before extension API servers.
///
/// @param clientAuthorities PEM of who vouches for clients of the cluster
/// @param proxyAuthorities PEM of who vouches for the front proxy
/// @param identity what it shows
record FrontProxy(String clientAuthorities, String proxyAuthorities, TlsIdentity identity) {

    /// The name in its certificate, by which extension servers know it.
    static final String NAME = "front-proxy-client";
}
