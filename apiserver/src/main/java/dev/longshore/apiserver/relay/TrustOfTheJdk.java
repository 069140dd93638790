package dev.longshore.apiserver.relay;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// Whom the JDK believes.
public final class TrustOfTheJdk {

    private TrustOfTheJdk() {}

    /// Its authorities.
    public static List<X509Certificate> authorities() {
        try {
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            return Arrays.stream(factory.getTrustManagers())
                    .filter(X509TrustManager.class::isInstance)
                    .map(X509TrustManager.class::cast)
                    .findFirst()
                    .map(trust -> List.of(trust.getAcceptedIssuers()))
                    .orElseThrow(() -> new IllegalStateException("the JDK believes nobody"));
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("the JDK's authorities cannot be read", broken);
        }
    }
}
