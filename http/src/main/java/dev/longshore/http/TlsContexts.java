package dev.longshore.http;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// Makes the JDK's TLS contexts out of keys and certificates. Key stores live in memory only.
final class TlsContexts {

    private static final char[] NO_PASSWORD = new char[0];

    private TlsContexts() {}

    /// A context that shows `identity` and believes what `authorities` signed.
    static SSLContext of(Optional<TlsIdentity> identity, List<X509Certificate> authorities) {
        return context(identity, trust(authorities));
    }

    /// A context that shows `identity` and believes everybody: for back ends whose certificates nobody vouches
    /// for.
    static SSLContext believingEverybody(Optional<TlsIdentity> identity) {
        return context(identity, new TrustManager[] {new TrustInEverybody()});
    }

    /// A context of a server that takes any certificate of a client, and names `authorities` to it.
    static SSLContext takingAnyClient(TlsIdentity identity, List<X509Certificate> authorities) {
        return context(Optional.of(identity), new TrustManager[] {new UncheckedClients(authorities)});
    }

    private static SSLContext context(Optional<TlsIdentity> identity, TrustManager[] trust) {
        try {
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            KeyStore store = emptyStore();
            if (identity.isPresent()) {
                store.setKeyEntry(
                        "identity",
                        identity.get().key(),
                        NO_PASSWORD,
                        identity.get().chain().toArray(X509Certificate[]::new));
            }
            keys.init(store, NO_PASSWORD);
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust, new SecureRandom());
            return context;
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalArgumentException("unusable TLS keys: " + broken.getMessage(), broken);
        }
    }

    private static TrustManager[] trust(List<X509Certificate> authorities) {
        try {
            KeyStore store = emptyStore();
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("authority-" + i, authorities.get(i));
            }
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalArgumentException("unusable certificate authorities: " + broken.getMessage(), broken);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }
}
