package dev.longshore.kinds.kit;

import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;

/// The keys of ServiceAccount tokens. They may change while the cluster runs: whoever needs them asks anew for each
/// token. Thread-safe.
public interface TokenKeys {

    /// Signs new tokens: RSA, or an elliptic curve of 256, 384 or 521 bits.
    KeyPair signing();

    /// Whatever one of these has signed counts; that of [#signing()] first.
    List<PublicKey> verifying();

    /// One key that signs and verifies for good.
    static TokenKeys of(KeyPair keys) {
        List<PublicKey> only = List.of(keys.getPublic());
        return new TokenKeys() {
            @Override
            public KeyPair signing() {
                return keys;
            }

            @Override
            public List<PublicKey> verifying() {
                return only;
            }
        };
    }
}
