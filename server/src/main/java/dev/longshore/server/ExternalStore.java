package dev.longshore.server;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.network.AddressPlan;
import dev.longshore.store.Key;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Txn;
import dev.longshore.store.etcd.EtcdConfig;
import dev.longshore.store.etcd.EtcdStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/// Opens a store in etcd, and keeps there what all servers of its cluster agree on.
final class ExternalStore {

    /// Under it stand the addresses that the first server chose.
    private static final Key CLUSTER = Key.of("longshore/cluster");

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private ExternalStore() {}

    /// Waits a minute for an etcd that is just starting, too.
    ///
    /// @param isStopped whether nobody wants it any more
    /// @throws CommandFailure when it does not answer, or refuses
    static EtcdStore open(
            EtcdConfig config, RandomGenerator randomness, BooleanSupplier isStopped, Progress progress, Time time) {
        long begun = time.nanoTime();
        boolean isTold = false;
        while (true) {
            try {
                return EtcdStore.open(config, randomness, time);
            } catch (StoreException refused) {
                boolean mayCome = refused.fault() instanceof StoreFault.Unavailable;
                if (isStopped.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                    throw new CommandFailure("stopped while waiting for etcd: " + refused.getMessage(), refused);
                }
                if (!mayCome || time.nanoTime() - begun > PATIENCE.toNanos()) {
                    throw new CommandFailure("--store: " + refused.getMessage(), refused);
                }
                if (!isTold) {
                    progress.say("  waiting for etcd: " + refused.getMessage());
                    isTold = true;
                }
            }
        }
    }

    /// Proposes addresses.
    interface Proposal {
        AddressPlan make() throws IOException, InterruptedException;
    }

    /// The addresses of the cluster: those that are agreed on, or else those that are proposed now.
    static AddressPlan agreed(Store store, Proposal proposal) throws IOException, InterruptedException {
        Optional<AddressPlan> known = read(store);
        if (known.isPresent()) {
            return known.get();
        }
        AddressPlan mine = proposal.make();
        byte[] json = Json.bytes(Json.object()
                .put("podRange", mine.pods())
                .put("serviceRange", mine.services())
                .put("nodePorts", mine.nodePorts()));
        try {
            store.commit(new Txn(
                    List.of(Txn.Compare.modRevision(CLUSTER, 0)),
                    List.of(new Txn.Operation.Put(CLUSTER, json)),
                    List.of()));
            // Whoever was quicker has decided.
            return read(store).orElseThrow();
        } catch (StoreException refused) {
            throw new CommandFailure("--store: " + refused.getMessage(), refused);
        }
    }

    private static Optional<AddressPlan> read(Store store) throws IOException {
        try {
            return store.range(RangeQuery.of(CLUSTER)).entries().stream()
                    .findFirst()
                    .map(entry -> plan(Json.parse(entry.value())));
        } catch (StoreException refused) {
            throw new CommandFailure("--store: " + refused.getMessage(), refused);
        } catch (Json.MalformedException broken) {
            throw new IOException("the key " + CLUSTER + " in etcd is damaged", broken);
        }
    }

    private static AddressPlan plan(JsonNode tree) {
        return new AddressPlan(
                tree.path("podRange").asString(),
                tree.path("serviceRange").asString(),
                tree.path("nodePorts").asString());
    }
}
