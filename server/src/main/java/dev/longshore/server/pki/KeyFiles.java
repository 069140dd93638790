package dev.longshore.server.pki;

import dev.longshore.base.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Keys and certificates in one directory, `NAME.key` beside `NAME.crt`, mode 0600, each file written as a whole. What
/// cannot be made anew is synced.
final class KeyFiles {

    private static final String CERTIFICATE = ".crt";
    private static final String KEY = ".key";
    private static final int DEPTH = 2;
    private static final byte[] PROBE = "one key".getBytes(StandardCharsets.US_ASCII);

    private final Path directory;

    KeyFiles(Path directory) {
        this.directory = directory;
    }

    /// What has a certificate here or in a directory below, in alphabetical order.
    List<String> names() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(directory, DEPTH)) {
            return files.map(file -> directory.relativize(file).toString())
                    .filter(name -> name.endsWith(CERTIFICATE))
                    .map(name -> name.substring(0, name.length() - CERTIFICATE.length()))
                    .sorted()
                    .toList();
        }
    }

    Path certificate(String name) {
        return directory.resolve(name + CERTIFICATE);
    }

    Path key(String name) {
        return directory.resolve(name + KEY);
    }

    /// The identity called `name`; empty when there is none.
    ///
    /// @throws IOException that says what is wrong with its files
    Optional<Identity> read(String name) throws IOException {
        Path certificate = certificate(name);
        Path key = key(name);
        if (!Files.exists(certificate) || !Files.exists(key)) {
            return Optional.empty();
        }
        var identity = new Identity(Pem.privateKey(key), Pem.certificates(certificate));
        if (!belongTogether(identity)) {
            throw new IOException(key + " is not the key of " + certificate);
        }
        return Optional.of(identity);
    }

    private static boolean belongTogether(Identity identity) {
        PublicKey shown = identity.chain().getFirst().getPublicKey();
        if (!shown.getAlgorithm().equals(identity.key().getAlgorithm())) {
            return false;
        }
        String algorithm = shown.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        try {
            var signing = Signature.getInstance(algorithm);
            signing.initSign(identity.key());
            signing.update(PROBE);
            byte[] signature = signing.sign();
            signing.initVerify(shown);
            signing.update(PROBE);
            return signing.verify(signature);
        } catch (GeneralSecurityException foreign) {
            return false;
        }
    }

    /// Writes both files. A process that dies in between leaves a pair that [#read] refuses.
    void write(String name, Identity identity) throws IOException {
        WholeFile.writePrivately(prepared(key(name)), bytes(Pem.of(identity.key())));
        WholeFile.writePrivately(prepared(certificate(name)), bytes(Pem.of(identity.chain())));
    }

    /// Writes both files of whom others will believe.
    void writeForGood(String name, Identity identity) throws IOException {
        write(key(name), Pem.of(identity.key()));
        write(certificate(name), Pem.of(identity.chain()));
    }

    /// Writes the certificate of a key that is there.
    void writeCertificate(String name, Identity identity) throws IOException {
        write(certificate(name), Pem.of(identity.chain()));
    }

    /// Writes `NAME.pub` and `NAME.key`.
    void write(String name, PublicKey publicKey, PrivateKey key) throws IOException {
        write(publicKey(name), Pem.of((Key) publicKey));
        write(key(name), Pem.of(key));
    }

    Path publicKey(String name) {
        return directory.resolve(name + ".pub");
    }

    private static void write(Path file, String text) throws IOException {
        WholeFile.writeForGood(prepared(file), bytes(text));
    }

    private static Path prepared(Path file) throws IOException {
        Files.createDirectories(
                file.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return file;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
