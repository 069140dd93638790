package dev.longshore.apiserver.aggregation;

import dev.longshore.http.HttpDialer;
import dev.longshore.http.TlsClient;
import dev.longshore.http.TlsIdentity;
import dev.longshore.model.ServiceRouter.Address;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// Connections to extension servers, kept between requests: of each APIService those to the addresses that were
/// used last. They show the front proxy's certificate, and check the server's. Thread-safe.
final class ExtensionDialers implements AutoCloseable {

    private static final int ADDRESSES = 16;

    private final Supplier<TlsIdentity> identity;
    private final Map<String, Kept> kept = new HashMap<>();

    /// @param identity what we show; asked before each connection
    ExtensionDialers(Supplier<TlsIdentity> identity) {
        this.identity = identity;
    }

    private record Kept(ApiRegistration.Trust trust, String serverName, Map<Address, HttpDialer> dialers) {}

    /// The APIService says something about trust that cannot be read.
    static final class UnreadableTrustException extends Exception {
        UnreadableTrustException(String why) {
            super(why);
        }
    }

    /// A dialer to `address`, which is closed in time by itself.
    synchronized HttpDialer to(ApiRegistration registration, Address address) throws UnreadableTrustException {
        Kept known = kept.get(registration.name());
        if (known == null
                || !known.trust.equals(registration.trust())
                || !known.serverName.equals(registration.serverName())) {
            forget(registration.name());
            known = new Kept(registration.trust(), registration.serverName(), new LinkedHashMap<>());
            kept.put(registration.name(), known);
        }
        HttpDialer dialer = known.dialers.get(address);
        if (dialer == null) {
            dialer = HttpDialer.tls(address.host(), address.port(), tls(registration));
            known.dialers.put(address, dialer);
            dropOldest(known.dialers);
        }
        return dialer;
    }

    /// Ends what rests of an APIService's connections; those in use go on.
    synchronized void forget(String name) {
        Kept known = kept.remove(name);
        if (known != null) {
            known.dialers.values().forEach(HttpDialer::close);
        }
    }

    @Override
    public synchronized void close() {
        List.copyOf(kept.keySet()).forEach(this::forget);
    }

    private static void dropOldest(Map<Address, HttpDialer> dialers) {
        Iterator<HttpDialer> oldest = dialers.values().iterator();
        while (dialers.size() > ADDRESSES) {
            oldest.next().close();
            oldest.remove();
        }
    }

    private TlsClient tls(ApiRegistration registration) throws UnreadableTrustException {
        List<X509Certificate> authorities =
                registration.trust().isBlind() ? List.of() : authorities(registration.trust());
        return TlsClient.of(authorities, identity).named(registration.serverName());
    }

    private static List<X509Certificate> authorities(ApiRegistration.Trust trust) throws UnreadableTrustException {
        if (trust.authorities().isEmpty()) {
            return ofThisMachine();
        }
        try {
            byte[] pem = Base64.getMimeDecoder().decode(trust.authorities());
            var found = new ArrayList<X509Certificate>();
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem))
                    .forEach(certificate -> found.add((X509Certificate) certificate));
            if (!found.isEmpty()) {
                return found;
            }
        } catch (CertificateException | IllegalArgumentException unreadable) {
            // Told below, as for a bundle without certificates.
        }
        throw new UnreadableTrustException("unable to load root certificates: unable to parse bytes as PEM block");
    }

    private static List<X509Certificate> ofThisMachine() {
        try {
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (var manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager trust && trust.getAcceptedIssuers().length > 0) {
                    return List.of(trust.getAcceptedIssuers());
                }
            }
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("the JDK's own trust store cannot be read", broken);
        }
        throw new IllegalStateException("the JDK's own trust store is empty");
    }
}
