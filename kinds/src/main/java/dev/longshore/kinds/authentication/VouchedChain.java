package dev.longshore.kinds.authentication;

import dev.longshore.base.Time;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Whether somebody whom we trust vouches for a client's certificate: the chain leads to one of the authorities,
/// everything in it is in its time, and the leaf is for clients. What has held is remembered for a minute, since a
/// connection shows the same chain with each request. Thread-safe.
public final class VouchedChain {

    private static final int REMEMBERED = 1024;
    private static final Duration MEMORY = Duration.ofMinutes(1);
    private static final String FOR_CLIENTS = "1.3.6.1.5.5.7.3.2";
    private static final String FOR_ALL = "2.5.29.37.0";

    private final Supplier<List<X509Certificate>> authorities;
    private final Time time;
    private final Map<Shown, Instant> held = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Shown, Instant> eldest) {
            return size() > REMEMBERED;
        }
    };

    /// @param authorities who may vouch; asked for each time, since they may change
    public VouchedChain(Supplier<List<X509Certificate>> authorities, Time time) {
        this.authorities = authorities;
        this.time = time;
    }

    /// What was shown, and to whom it was held.
    private record Shown(List<X509Certificate> chain, List<X509Certificate> authorities) {}

    /// Returns if they do.
    ///
    /// @param chain leaf first; what follows may help to find a way
    void require(List<X509Certificate> chain) throws Refusal {
        List<X509Certificate> trusted = authorities.get();
        var shown = new Shown(chain, trusted);
        Instant now = time.now();
        if (isRemembered(shown, now)) {
            return;
        }
        X509Certificate leaf = chain.getFirst();
        try {
            leaf.checkValidity(Date.from(now));
            buildPath(chain, trusted, now);
        } catch (CertificateExpiredException over) {
            throw refused(
                    leaf,
                    "x509: certificate has expired or is not yet valid: current time " + now + " is after "
                            + leaf.getNotAfter().toInstant());
        } catch (CertificateNotYetValidException early) {
            throw refused(
                    leaf,
                    "x509: certificate has expired or is not yet valid: current time " + now + " is before "
                            + leaf.getNotBefore().toInstant());
        } catch (CertPathBuilderException foreign) {
            throw refused(leaf, "x509: certificate signed by unknown authority");
        } catch (GeneralSecurityException unreadable) {
            throw refused(leaf, "x509: " + unreadable.getMessage());
        }
        if (!isForClients(leaf)) {
            throw refused(leaf, "x509: certificate specifies an incompatible key usage");
        }
        synchronized (held) {
            held.put(shown, now.plus(MEMORY));
        }
    }

    private boolean isRemembered(Shown shown, Instant now) {
        synchronized (held) {
            Instant until = held.get(shown);
            boolean isYoung = until != null && now.isBefore(until);
            // A leaf may end within the minute.
            return isYoung && now.isBefore(shown.chain.getFirst().getNotAfter().toInstant());
        }
    }

    private static void buildPath(List<X509Certificate> chain, List<X509Certificate> trusted, Instant now)
            throws GeneralSecurityException {
        if (trusted.isEmpty()) {
            throw new CertPathBuilderException("nobody is trusted");
        }
        Set<TrustAnchor> anchors =
                trusted.stream().map(each -> new TrustAnchor(each, null)).collect(Collectors.toSet());
        var leaf = new X509CertSelector();
        leaf.setCertificate(chain.getFirst());
        var parameters = new PKIXBuilderParameters(anchors, leaf);
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(now));
        CertPathBuilder.getInstance("PKIX").build(parameters);
    }

    private static boolean isForClients(X509Certificate certificate) {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            return usages == null || usages.contains(FOR_CLIENTS) || usages.contains(FOR_ALL);
        } catch (CertificateParsingException unreadable) {
            return false;
        }
    }

    private static Refusal refused(X509Certificate leaf, String why) {
        return new Refusal("verifying certificate SN=" + leaf.getSerialNumber() + ", SKID=" + id(leaf, "2.5.29.14")
                + ", AKID=" + id(leaf, "2.5.29.35") + " failed: " + why);
    }

    /// The last twenty bytes of a key identifier's extension, which is where it stands.
    private static String id(X509Certificate certificate, String extension) {
        byte[] value = certificate.getExtensionValue(extension);
        int length = 20;
        return value == null || value.length < length
                ? ""
                : HexFormat.ofDelimiter(":").withUpperCase().formatHex(value, value.length - length, value.length);
    }
}
