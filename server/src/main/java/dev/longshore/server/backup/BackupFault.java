package dev.longshore.server.backup;

/// Why a backup cannot be used.
public sealed interface BackupFault {

    /// A sentence for who restores it.
    String message();

    /// It begins unlike anything that can be restored.
    record NotABackup(String what) implements BackupFault {
        @Override
        public String message() {
            return "it is no backup: " + what;
        }
    }

    /// It was written in a format that this program does not know.
    record OtherVersion(int version, int known) implements BackupFault {
        @Override
        public String message() {
            return "it has format %d and this program reads format %d: use a newer one".formatted(version, known);
        }
    }

    /// It ends too early.
    record Truncated(String detail) implements BackupFault {
        @Override
        public String message() {
            return "it is cut off: " + detail;
        }
    }

    /// Something in it was changed since it was written.
    record Altered(String detail) implements BackupFault {
        @Override
        public String message() {
            return "it is damaged: " + detail;
        }
    }

    /// It is encrypted, and with another passphrase.
    record WrongPassphrase() implements BackupFault {
        @Override
        public String message() {
            return "the passphrase is not the one it was encrypted with";
        }
    }

    /// It is encrypted.
    record PassphraseMissing() implements BackupFault {
        @Override
        public String message() {
            return "it is encrypted: give the file with its passphrase by --passphrase-file";
        }
    }
}
