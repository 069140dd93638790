package dev.longshore.server.backup;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;

/// A backup in a file, which only its owner may read: there as a whole, synced and read once to its end, or not at
/// all.
public final class BackupFile {

    private static final int BUFFER = 1 << 16;
    private static final String DRAFT_BEFORE = ".";
    private static final String DRAFT_AFTER = ".partial";

    private BackupFile() {}

    /// Writes what is to be in it; the stream stays open.
    public interface Filler {
        void fill(OutputStream out) throws IOException;
    }

    /// Makes `file`, in place of one that is there.
    ///
    /// @param passphrase to encrypt it with, if it shall be
    /// @return what is in it, read back
    /// @throws IOException when it cannot be written; nothing of it stays then
    /// @throws BackupException when what was to be in it is no backup; nothing of it stays then
    public static BackupSummary write(Path file, Optional<Passphrase> passphrase, Filler filler) throws IOException {
        Path target = file.toAbsolutePath().normalize();
        Path directory = target.getParent();
        if (directory == null || Files.isDirectory(target)) {
            throw new FileAlreadyExistsException(target.toString(), null, "it is a directory: name a file");
        }
        if (!Files.isDirectory(directory)) {
            throw new NoSuchFileException(directory.toString(), null, "there is no such directory");
        }
        Path draft = target.resolveSibling(DRAFT_BEFORE + target.getFileName() + DRAFT_AFTER);
        try {
            Files.deleteIfExists(draft);
            fill(draft, passphrase, filler);
            BackupSummary summary = BackupReading.check(draft, passphrase);
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            sync(directory);
            return summary;
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /// What `file` would have become, if it is a backup that was not finished.
    static Optional<Path> unfinished(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(DRAFT_BEFORE) && name.endsWith(DRAFT_AFTER)
                ? Optional.of(file.resolveSibling(
                        name.substring(DRAFT_BEFORE.length(), name.length() - DRAFT_AFTER.length())))
                : Optional.empty();
    }

    private static void fill(Path draft, Optional<Passphrase> passphrase, Filler filler) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        draft,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                var out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER)) {
            if (passphrase.isPresent()) {
                try (var sealed = new SealedOutput(out, passphrase.get(), Passphrase.Cost.USUAL, new SecureRandom())) {
                    filler.fill(sealed);
                }
            } else {
                filler.fill(out);
            }
            out.flush();
            channel.force(true);
        }
    }

    /// What `file` holds, decrypted: an archive, or a store's snapshot alone.
    ///
    /// @throws BackupException when it is encrypted and the passphrase is missing or another, or it is damaged
    static InputStream open(Path file, Optional<Passphrase> passphrase) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        try {
            if (!BackupReading.begins(in, Framing.SEALED)) {
                return in;
            }
            if (passphrase.isEmpty()) {
                throw new BackupException(new BackupFault.PassphraseMissing());
            }
            var opened = new OpenedInput(in, passphrase.get());
            return new BufferedInputStream(opened, BUFFER) {
                @Override
                public void close() throws IOException {
                    in.close();
                }
            };
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    static void sync(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
