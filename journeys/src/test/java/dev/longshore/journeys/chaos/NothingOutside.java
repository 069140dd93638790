package dev.longshore.journeys.chaos;

import dev.longshore.controllers.CertificateSigner;
import dev.longshore.controllers.RootCertificate;
import dev.longshore.controllers.VolumeDirectories;
import dev.longshore.kinds.authentication.SecretTokens;
import dev.longshore.kinds.kit.TokenKeys;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.List;

/// What controllers may ask of the world outside the API, where nothing is to be had.
final class NothingOutside {

    static final CertificateSigner SIGNER = new CertificateSigner() {
        @Override
        public Subject subject(String request) {
            throw new IllegalArgumentException("nobody signs here");
        }

        @Override
        public String sign(String request, List<String> usages, Validity validity) {
            throw new IllegalArgumentException("nobody signs here");
        }
    };

    static final RootCertificate ROOT = new RootCertificate() {
        @Override
        public String pem() {
            return "none";
        }

        @Override
        public void onChange(Runnable changed) {
            // It never does.
        }
    };

    static final VolumeDirectories DIRECTORIES = new VolumeDirectories() {
        @Override
        public String path(String name) {
            return "/nowhere/" + name;
        }

        @Override
        public void remove(String name) {
            // Nothing was made.
        }
    };

    private NothingOutside() {}

    static SecretTokens tokens() {
        try {
            return new SecretTokens(
                    TokenKeys.of(KeyPairGenerator.getInstance("RSA").generateKeyPair()));
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has RSA", missing);
        }
    }
}
