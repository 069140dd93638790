package dev.longshore.server.pki;

import java.security.cert.X509Certificate;
import java.util.function.Supplier;

/// A key and certificate of the cluster's own, as they are now: both are made anew in time. Whoever asks before each
/// use always has those that are good. Thread-safe.
public final class KeptIdentity implements Supplier<Identity> {

    private final String name;
    private final KeptAuthority authority;
    private final CertificateRequest request;
    private volatile Identity current;

    KeptIdentity(String name, KeptAuthority authority, CertificateRequest request, Identity current) {
        this.name = name;
        this.authority = authority;
        this.request = request;
        this.current = current;
    }

    /// What its files are called.
    public String name() {
        return name;
    }

    @Override
    public Identity get() {
        return current;
    }

    X509Certificate certificate() {
        return current.chain().getFirst();
    }

    KeptAuthority authority() {
        return authority;
    }

    CertificateRequest request() {
        return request;
    }

    void take(Identity renewed) {
        current = renewed;
    }
}
