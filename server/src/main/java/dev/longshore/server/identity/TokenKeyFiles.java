package dev.longshore.server.identity;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.TokenKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// The keys of ServiceAccount tokens out of files, which may change while the cluster runs: a second later new tokens
/// are signed by the new key, and those count that any key in the files verifies. Thread-safe.
///
/// ```
/// sa.key   the private key that signs
/// sa.pub   public keys that verify: its public half, and those of keys that signed before it
/// ```
public final class TokenKeyFiles implements TokenKeys {

    private final RereadFile<Keys> keys;

    private record Keys(KeyPair signing, List<PublicKey> verifying) {}

    /// @param signing holds the key that signs
    /// @param verifying hold further keys that verify; those that are missing are passed over
    /// @throws IOException when there is no key that signs, or one that cannot be used
    public TokenKeyFiles(Path signing, List<Path> verifying, Time time) throws IOException {
        var watched = new ArrayList<Path>();
        watched.add(signing);
        verifying.stream().filter(Files::exists).forEach(watched::add);
        this.keys = new RereadFile<>(watched, () -> read(watched), time);
    }

    private static Keys read(List<Path> files) throws IOException {
        List<KeyPair> pairs = KeyPem.read(files.getFirst()).pairs();
        if (pairs.isEmpty()) {
            throw new IOException(files.getFirst() + " holds no private key that could sign tokens");
        }
        var verifying = new LinkedHashSet<PublicKey>();
        verifying.add(pairs.getFirst().getPublic());
        for (Path file : files.subList(1, files.size())) {
            verifying.addAll(KeyPem.read(file).all());
        }
        return new Keys(pairs.getFirst(), List.copyOf(verifying));
    }

    @Override
    public KeyPair signing() {
        return keys.get().signing();
    }

    @Override
    public List<PublicKey> verifying() {
        return keys.get().verifying();
    }
}
