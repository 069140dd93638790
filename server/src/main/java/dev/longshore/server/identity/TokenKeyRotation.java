package dev.longshore.server.identity;

import dev.longshore.base.WholeFile;
import dev.longshore.server.pki.CertificateAuthority;
import dev.longshore.server.pki.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.LinkedHashSet;

/// Another key for the cluster's ServiceAccount tokens, so that those that are out go on counting: their keys go on
/// verifying. Servers that run see it within a second ([TokenKeyFiles]).
///
/// ```
/// sa.pub   first: the new public key, then all that verified before
/// sa.key   then: the new private key
/// ```
///
/// Whoever dies in between leaves a key that verifies and never signs.
public final class TokenKeyRotation {

    private TokenKeyRotation() {}

    /// Takes another key into use.
    ///
    /// @param signing the file of the key that signs
    /// @param verifying the file of those that verify
    /// @return how many keys verify from now on
    /// @throws IOException when there is no key yet, or a file cannot be read or written; what was there holds
    public static int rotate(Path signing, Path verifying, SecureRandom randomness) throws IOException {
        if (!Files.exists(signing)) {
            throw new IOException("there is no " + signing + ": a cluster has a key once it was started");
        }
        KeyPem before = KeyPem.read(signing);
        KeyPair fresh = CertificateAuthority.newRsaKeys(randomness);
        var all = new LinkedHashSet<PublicKey>();
        all.add(fresh.getPublic());
        all.addAll(before.all());
        if (Files.exists(verifying)) {
            all.addAll(KeyPem.read(verifying).all());
        }
        var text = new StringBuilder();
        all.forEach(key -> text.append(Pem.of((Key) key)));
        write(verifying, text.toString());
        write(signing, Pem.of(fresh.getPrivate()));
        return all.size();
    }

    /// Whether tokens that the key of `signing` signed count where the keys of `verifying` do.
    ///
    /// @throws IOException when a file cannot be read
    public static boolean isKnown(Path signing, Path verifying) throws IOException {
        return Files.exists(verifying)
                && KeyPem.read(verifying).all().containsAll(KeyPem.read(signing).all());
    }

    private static void write(Path file, String text) throws IOException {
        WholeFile.writeForGood(file, text.getBytes(StandardCharsets.US_ASCII));
    }
}
