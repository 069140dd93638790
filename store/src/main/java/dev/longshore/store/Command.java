package dev.longshore.store;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// What callers ask of the committer.
sealed interface Command {

    /// Fails whoever waits for it.
    void fail(StoreException why);

    /// A transaction; many share one synced write.
    record Commit(Txn txn, CompletableFuture<TxnResult> done) implements Command {
        @Override
        public void fail(StoreException why) {
            done.completeExceptionally(why);
        }
    }

    /// Work that has the committer's thread to itself.
    record Exclusive<T>(Supplier<T> work, CompletableFuture<T> done) implements Command {
        void run() {
            try {
                done.complete(work.get());
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        }

        @Override
        public void fail(StoreException why) {
            done.completeExceptionally(why);
        }
    }
}
