package dev.longshore.apiserver;

import dev.longshore.base.Time;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.TlsClient;
import dev.longshore.http.TlsIdentity;
import dev.longshore.model.OutboundCall;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// Connections to webhooks, kept between calls: those to the places that were called last, for
/// as long as nobody waits much longer than a minute between calls. Thread-safe.
final class WebhookConnections {

    private static final int PLACES = 64;

    private static final Duration IDLE = Duration.ofSeconds(90);

    private final Time time;
    private final Map<Place, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private boolean isSweeping;

    /// @param time tells when connections were idle for long enough
    WebhookConnections(Time time) {
        this.time = time;
    }

    /// @param name that the certificate must have
    /// @param authorities whom to believe, as the configuration has them
    private record Place(String address, int port, String name, String authorities) {}

    /// @param usedAt by the clock of [Time#nanoTime]
    private record Kept(HttpDialer dialer, long usedAt) {}

    /// A dialer, which is closed in time by itself.
    ///
    /// @param bundle PEM in base64; the JDK's own authorities where it is empty
    /// @param identity to show; always the same at one place
    synchronized HttpDialer to(String address, WebhookPlace place, String bundle, Optional<TlsIdentity> identity)
            throws OutboundCall.Failed {
        var key = new Place(address, place.port(), place.host(), bundle);
        Kept known = kept.get(key);
        HttpDialer dialer = known == null ? dialer(address, place, bundle, identity) : known.dialer;
        kept.put(key, new Kept(dialer, time.nanoTime()));
        if (kept.size() > PLACES) {
            drop(kept.entrySet().iterator());
        }
        sweepLater();
        return dialer;
    }

    private static HttpDialer dialer(String address, WebhookPlace place, String bundle, Optional<TlsIdentity> identity)
            throws OutboundCall.Failed {
        var tls = new HttpDialer.Tls(authorities(bundle), identity, Optional.of(place.host()));
        return HttpDialer.tls(address, place.port(), TlsClient.of(tls));
    }

    /// Calls that are under way go on.
    private static void drop(Iterator<Map.Entry<Place, Kept>> next) {
        next.next().getValue().dialer.close();
        next.remove();
    }

    private void sweepLater() {
        if (!isSweeping && !kept.isEmpty()) {
            isSweeping = true;
            time.schedule(IDLE, this::sweep);
        }
    }

    private synchronized void sweep() {
        isSweeping = false;
        long now = time.nanoTime();
        // Those that were used longest ago come first.
        while (!kept.isEmpty() && now - kept.values().iterator().next().usedAt >= IDLE.toNanos()) {
            drop(kept.entrySet().iterator());
        }
        sweepLater();
    }

    private static List<X509Certificate> authorities(String bundle) throws OutboundCall.Failed {
        try {
            if (bundle.isEmpty()) {
                return believedByTheJdk();
            }
            var certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(
                            new ByteArrayInputStream(Base64.getMimeDecoder().decode(bundle)));
            if (certificates.isEmpty()) {
                throw unreadable(null);
            }
            return certificates.stream().map(X509Certificate.class::cast).toList();
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            throw unreadable(malformed);
        }
    }

    private static OutboundCall.Failed unreadable(Exception cause) {
        return new OutboundCall.Failed("unable to load root certificates: unable to parse bytes as PEM block", cause);
    }

    private static List<X509Certificate> believedByTheJdk() throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (var manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager trust) {
                return List.of(trust.getAcceptedIssuers());
            }
        }
        throw new GeneralSecurityException("the JDK believes nobody");
    }
}
