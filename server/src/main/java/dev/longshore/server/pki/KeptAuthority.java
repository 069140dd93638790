package dev.longshore.server.pki;

import java.security.cert.X509Certificate;
import java.util.function.Supplier;

/// One of the cluster's authorities, as it is now: its certificate is renewed in time, its key and name stay.
/// Thread-safe.
public final class KeptAuthority implements Supplier<CertificateAuthority> {

    private final String name;
    private volatile CertificateAuthority current;

    KeptAuthority(String name, CertificateAuthority current) {
        this.name = name;
        this.current = current;
    }

    /// What its files are called.
    public String name() {
        return name;
    }

    @Override
    public CertificateAuthority get() {
        return current;
    }

    /// Its own certificate.
    public X509Certificate certificate() {
        return current.identity().chain().getFirst();
    }

    void take(CertificateAuthority renewed) {
        current = renewed;
    }
}
