package dev.longshore.server;

import dev.longshore.http.TlsIdentity;
import dev.longshore.server.pki.KeptAuthority;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;

/// As whom the API server stands before extension API servers.
///
/// @param kept vouches for the front proxy
/// @param identity what it shows
record FrontProxy(KeptAuthority kept, Supplier<TlsIdentity> identity) {

    /// The name in its certificate, by which extension servers know it.
    static final String NAME = "front-proxy-client";

    /// Who vouches for the front proxy, as it is now.
    X509Certificate authority() {
        return kept.certificate();
    }
}
