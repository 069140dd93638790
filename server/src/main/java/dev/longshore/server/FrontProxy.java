package dev.longshore.server;

import dev.longshore.http.TlsIdentity;
import java.security.cert.X509Certificate;

/// As whom the API server stands before extension API servers.
///
/// @param authority vouches for the front proxy
/// @param identity what it shows
record FrontProxy(X509Certificate authority, TlsIdentity identity) {

    /// The name in its certificate, by which extension servers know it.
    static final String NAME = "front-proxy-client";
}
