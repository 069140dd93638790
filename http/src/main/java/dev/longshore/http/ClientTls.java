package dev.longshore.http;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Whom a TLS client believes, and as whom it shows itself. Immutable.
public final class ClientTls {

    private final SSLContext context;
    private final boolean isNameChecked;
    private final Optional<String> expectedName;
    private final TrustManager[] trust;

    private ClientTls(TrustManager[] trust, KeyManager[] keys, boolean isNameChecked, Optional<String> expectedName) {
        this.trust = trust;
        this.context = context(trust, keys);
        this.isNameChecked = isNameChecked;
        this.expectedName = expectedName;
    }

    private ClientTls(ClientTls like, Optional<String> expectedName) {
        this.trust = like.trust;
        this.context = like.context;
        this.isNameChecked = like.isNameChecked;
        this.expectedName = expectedName;
    }

    /// Believes servers whose certificate one of `authorities` signed.
    public static ClientTls trusting(List<X509Certificate> authorities) {
        try {
            KeyStore store = emptyStore();
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("ca" + i, authorities.get(i));
            }
            return new ClientTls(trustOf(store), new KeyManager[0], true, Optional.empty());
        } catch (GeneralSecurityException unusable) {
            throw new IllegalArgumentException("unusable certificate authorities", unusable);
        }
    }

    /// Believes whom the JDK's own list of authorities believes.
    public static ClientTls trustingPublicAuthorities() {
        try {
            return new ClientTls(trustOf(null), new KeyManager[0], true, Optional.empty());
        } catch (GeneralSecurityException unusable) {
            throw new IllegalStateException("the JDK has no certificate authorities", unusable);
        }
    }

    /// Believes anybody: for servers whose identity does not matter (`insecureSkipTLSVerify`).
    public static ClientTls trustingAnyone() {
        return new ClientTls(new TrustManager[] {new Gullible()}, new KeyManager[0], false, Optional.empty());
    }

    /// Shows `chain`, leaf first, when the server asks who we are.
    public ClientTls showing(PrivateKey key, List<X509Certificate> chain) {
        try {
            KeyStore store = emptyStore();
            char[] password = new char[0];
            store.setKeyEntry("key", key, password, chain.toArray(Certificate[]::new));
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, password);
            return new ClientTls(trust, factory.getKeyManagers(), isNameChecked, expectedName);
        } catch (GeneralSecurityException unusable) {
            throw new IllegalArgumentException("unusable client key", unusable);
        }
    }

    /// Demands a certificate for `name` instead of the host that is dialled.
    public ClientTls expecting(String name) {
        return new ClientTls(this, Optional.of(name));
    }

    /// The name that was given with [#expecting(String)].
    public Optional<String> expectedName() {
        return expectedName;
    }

    SSLContext context() {
        return context;
    }

    boolean isNameChecked() {
        return isNameChecked;
    }

    private static SSLContext context(TrustManager[] trust, KeyManager[] keys) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException unusable) {
            throw new IllegalStateException("TLS cannot be set up", unusable);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (IOException unexpected) {
            throw new IllegalStateException("an empty key store reads nothing", unexpected);
        }
    }

    private static TrustManager[] trustOf(KeyStore store) throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /// Extended, because the JDK would otherwise add checks of its own.
    private static final class Gullible extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
