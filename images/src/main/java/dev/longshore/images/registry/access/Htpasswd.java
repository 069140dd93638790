package dev.longshore.images.registry.access;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Users and their passwords, in a file that Apache's `htpasswd -B` writes: `name:$2y$…`. Only bcrypt counts. The
/// file is read again when it has changed. bcrypt is slow on purpose, so a password that was right is remembered for
/// a few minutes (as a keyed hash), and only two are tried at once. Thread-safe.
public final class Htpasswd {

    private static final Logger log = LoggerFactory.getLogger(Htpasswd.class);
    private static final Pattern LINE = Pattern.compile("([^:\\s#][^:]*):(\\$2[abxy]?\\$[0-9]{2}\\$[./A-Za-z0-9]{53})");
    private static final String NOBODY = "$2y$10$abcdefghijklmnopqrstuuVOqVnVBWCbm7bZbNp5Cq0yKqzYb8RYe";
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final int MOST_REMEMBERED = 1000;
    private static final int AT_ONCE = 2;
    private static final long WAIT_SECONDS = 10;

    private final Path file;
    private final Time time;
    private final SecretKeySpec key;
    private final Semaphore turns = new Semaphore(AT_ONCE);
    private final LinkedHashMap<String, Long> right = new LinkedHashMap<>();
    private volatile Users users = new Users(FileTime.fromMillis(0), -1, Map.of());

    private record Users(FileTime modified, long size, Map<String, String> hashes) {}

    /// What came of a try.
    public enum Verdict {
        /// The password is the user's.
        RIGHT,
        /// It is not, or there is no such user.
        WRONG,
        /// Too many others are trying.
        BUSY
    }

    /// Over `file`.
    ///
    /// @throws IOException when it cannot be read
    public Htpasswd(Path file, SecureRandom randomness, Time time) throws IOException {
        this.file = file;
        this.time = time;
        byte[] secret = new byte[32];
        randomness.nextBytes(secret);
        this.key = new SecretKeySpec(secret, "HmacSHA256");
        this.users = read();
    }

    /// Whether `password` is `user`'s.
    public Verdict check(String user, String password) throws InterruptedException {
        Optional<String> hash = hash(user);
        String proof = proof(user, password, hash.orElse(NOBODY));
        if (isRemembered(proof)) {
            return Verdict.RIGHT;
        }
        if (!turns.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
            return Verdict.BUSY;
        }
        boolean fits;
        try {
            // Who does not exist takes as long as who does.
            fits = OpenBSDBCrypt.checkPassword(hash.orElse(NOBODY), password.getBytes(StandardCharsets.UTF_8));
        } finally {
            turns.release();
        }
        if (!fits || hash.isEmpty()) {
            return Verdict.WRONG;
        }
        remember(proof);
        return Verdict.RIGHT;
    }

    /// Changes when `user`'s password does; empty when there is no such user.
    Optional<String> stamp(String user) {
        return hash(user)
                .map(hash ->
                        Digest.sha256(hash.getBytes(StandardCharsets.UTF_8)).shortHex());
    }

    private Optional<String> hash(String user) {
        try {
            Users known = users;
            if (!Files.getLastModifiedTime(file).equals(known.modified()) || Files.size(file) != known.size()) {
                users = read();
            }
        } catch (IOException gone) {
            log.warn("{} cannot be read; the users that were known stay", file);
        }
        return Optional.ofNullable(users.hashes().get(user));
    }

    private Users read() throws IOException {
        FileTime modified = Files.getLastModifiedTime(file);
        var hashes = new HashMap<String, String>();
        String text = Files.readString(file);
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            String plain = line.strip();
            if (plain.isEmpty() || plain.startsWith("#")) {
                continue;
            }
            var parts = LINE.matcher(plain);
            if (parts.matches() && !parts.group(1).equals(AccessRules.ANONYMOUS)) {
                hashes.put(parts.group(1), parts.group(2));
            } else {
                log.warn("{} line {}: only `name:` and a bcrypt hash (htpasswd -B) count", file, number);
            }
        }
        return new Users(modified, Files.size(file), Map.copyOf(hashes));
    }

    private synchronized boolean isRemembered(String proof) {
        Long since = right.get(proof);
        return since != null && time.nanoTime() - since < REMEMBERED.toNanos();
    }

    private synchronized void remember(String proof) {
        right.remove(proof);
        right.put(proof, time.nanoTime());
        if (right.size() > MOST_REMEMBERED) {
            right.pollFirstEntry();
        }
    }

    private String proof(String user, String password, String hash) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return java.util.HexFormat.of()
                    .formatHex(mac.doFinal((user + "\0" + hash + "\0" + password).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException missing) {
            throw new AssertionError("every JDK has HmacSHA256", missing);
        }
    }
}
