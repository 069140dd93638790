package dev.longshore.store;

/// Why the store refused.
public sealed interface StoreFault {

    /// A sentence for logs.
    String message();

    /// The revision asked for is compacted away.
    record Compacted(long asked, long oldest) implements StoreFault {
        @Override
        public String message() {
            return "revision %d has been compacted; the oldest is %d".formatted(asked, oldest);
        }
    }

    /// The revision asked for is not there yet.
    record FutureRevision(long asked, long newest) implements StoreFault {
        @Override
        public String message() {
            return "revision %d is in the future; the newest is %d".formatted(asked, newest);
        }
    }

    /// No such lease, or it has expired.
    record LeaseNotFound(long id) implements StoreFault {
        @Override
        public String message() {
            return "lease %x not found".formatted(id);
        }
    }

    /// A lease with this id exists.
    record LeaseExists(long id) implements StoreFault {
        @Override
        public String message() {
            return "lease %x exists already".formatted(id);
        }
    }

    /// What shall be changed is not there.
    record NoSuchKey(String key) implements StoreFault {
        @Override
        public String message() {
            return "key " + key + " not found";
        }
    }

    /// The disk is full; reads and deletes go on.
    record NoSpace(String detail) implements StoreFault {
        @Override
        public String message() {
            return "no space left for the store: " + detail;
        }
    }

    /// The quota is used up, and the alarm raised; reads and deletes go on.
    record OverQuota(long quota) implements StoreFault {
        @Override
        public String message() {
            return ("the store's quota of %d bytes is used up: have it forget (compact) and defragment, then disarm the"
                            + " alarm; or give it more (--quota-backend-bytes)")
                    .formatted(quota);
        }
    }

    /// The disk refused a write; the store stopped accepting them.
    record ReadOnly(String detail) implements StoreFault {
        @Override
        public String message() {
            return "the store cannot write: " + detail;
        }
    }

    /// What is stored does not check.
    record Damaged(String detail) implements StoreFault {
        @Override
        public String message() {
            return "the store is damaged: " + detail;
        }
    }

    /// What is stored is encrypted, and no key at hand opens it.
    record Sealed(String detail) implements StoreFault {
        @Override
        public String message() {
            return detail;
        }
    }

    /// The request makes no sense (a key written twice in one transaction …).
    record Invalid(String detail) implements StoreFault {
        @Override
        public String message() {
            return detail;
        }
    }

    /// Whoever keeps it does not answer; nothing has happened, and it may go on by itself.
    record Unavailable(String detail) implements StoreFault {
        @Override
        public String message() {
            return detail;
        }
    }

    /// Whoever keeps it has not said whether a write was done: perhaps it was, perhaps it will be.
    record OutcomeUnknown(String detail) implements StoreFault {
        @Override
        public String message() {
            return detail;
        }
    }

    /// Closed meanwhile.
    record Closed() implements StoreFault {
        @Override
        public String message() {
            return "the store is closed";
        }
    }
}
