package dev.longshore.network;

import dev.longshore.base.Time;
import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.Commands;
import dev.longshore.linux.Nft;
import dev.longshore.network.view.ClusterView;
import dev.longshore.network.view.Range;
import dev.longshore.network.view.ViewSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Keeps the kernel's service rules equal to the API's services. The rules stay when this process ends; the
/// next one replaces them in one step by its own, once it knows all services.
///
/// What is loaded is changed by differences. It is looked for regularly (a firewall that reloads itself may
/// flush it), and now and then replaced as a whole.
final class ServiceProxy implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ServiceProxy.class);
    private static final Duration TOGETHER = Duration.ofMillis(20);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);
    private static final int LOOKS_PER_REPLACEMENT = 40;
    private static final Duration LONGEST_LOAD = Duration.ofSeconds(30);
    private static final String SIGN_OF_LIFE = "postrouting";
    private static final String STICKY = "sticky-";

    private final AtomicReference<ProxyFacts> facts;
    private final ViewSource watch;
    private final Nft nft;
    private final UdpFlows udpFlows;
    private final Time time;
    private final Debounce syncs;
    private volatile boolean mustReplace = true;
    private volatile boolean hasPolicies;
    private volatile Time.Timer looking = () -> {};
    // Only the task of `syncs` touches these; it never runs twice at once.
    private Optional<Ruleset> loaded = Optional.empty();
    private Optional<ClusterView> known = Optional.empty();
    private Map<String, Set<String>> udpFronts = Map.of();

    ServiceProxy(ProxyFacts facts, ViewSource watch, Commands commands, Time time) {
        this.facts = new AtomicReference<>(facts);
        this.watch = watch;
        this.nft = new Nft(commands);
        this.udpFlows = new UdpFlows(commands);
        this.time = time;
        this.syncs = new Debounce("loading the service rules", time, TOGETHER, this::sync);
    }

    /// Loads the rules that refuse the service range if there are none at all, and begins to follow the
    /// services.
    ///
    /// @throws CommandFailedException when they could not be loaded
    void start() throws InterruptedException {
        sync();
        watch.onChange(syncs::request);
        syncs.request();
        look(1);
    }

    /// Changes what the node knows of itself, and returns when the rules say so. `change` may run more than
    /// once.
    ///
    /// @throws IllegalStateException when they could not be loaded in time; it is tried again
    void change(UnaryOperator<ProxyFacts> change) throws InterruptedException {
        facts.updateAndGet(change);
        try {
            syncs.request().get(LONGEST_LOAD.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException("the service rules could not be loaded: " + failure.getMessage(), failure);
        }
    }

    /// Whether there are policies between pods.
    boolean hasPolicies() {
        return hasPolicies;
    }

    /// Follows the services no more; the rules stay.
    @Override
    public void close() {
        looking.cancel();
        syncs.close();
    }

    private void look(int times) {
        looking = time.schedule(LOOK_AGAIN, () -> {
            try {
                if (times % LOOKS_PER_REPLACEMENT == 0 || !nft.hasChain(table(), SIGN_OF_LIFE)) {
                    mustReplace = true;
                    syncs.request();
                }
                look(times + 1);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void sync() throws InterruptedException {
        known = watch.view().or(() -> known);
        if (known.isEmpty() && loaded.isEmpty() && nft.hasChain(table(), SIGN_OF_LIFE)) {
            // The rules of the process before are better than rules for no services.
            return;
        }
        hasPolicies = known.filter(view -> !view.policies().isEmpty()).isPresent();
        ProxyFacts now = facts.get();
        Ruleset wanted = ServiceRules.of(now, known.orElse(ClusterView.EMPTY));
        load(wanted);
        forgetUdp(wanted, now);
    }

    private void load(Ruleset wanted) throws InterruptedException {
        Optional<String> difference =
                mustReplace ? Optional.empty() : loaded.flatMap(before -> wanted.after(before, table()));
        if (difference.isPresent() && !difference.get().isEmpty()) {
            difference = applied(difference.get());
        }
        if (difference.isEmpty()) {
            nft.apply(wanted.replacing(table(), stickyClients(nft.list(table()))));
            mustReplace = false;
        }
        loaded = Optional.of(wanted);
    }

    private Optional<String> applied(String difference) throws InterruptedException {
        try {
            nft.apply(difference);
            return Optional.of(difference);
        } catch (CommandFailedException refused) {
            log.warn("the service rules are not what they were, and are replaced: {}", refused.getMessage());
            return Optional.empty();
        }
    }

    private void forgetUdp(Ruleset rules, ProxyFacts now) throws InterruptedException {
        Map<String, Set<String>> fronts = UdpFlows.fronts(rules);
        if (!fronts.equals(udpFronts)) {
            udpFlows.forgetStale(fronts, now.services(), Set.of(now.dnsAddress()));
            udpFronts = fronts;
        }
    }

    private String table() {
        return facts.get().table();
    }

    /// Which client is bound to which endpoint is known to the kernel alone; a replacement must carry it over.
    static Map<String, List<String>> stickyClients(JsonNode table) {
        var clients = new HashMap<String, List<String>>();
        for (JsonNode object : table) {
            JsonNode set = object.path("set");
            String name = set.path("name").asString("");
            if (name.startsWith(STICKY)) {
                set.path("elem")
                        .forEach(entry -> client(entry.path("elem"))
                                .ifPresent(line -> clients.computeIfAbsent(name, any -> new ArrayList<>())
                                        .add(line)));
            }
        }
        return clients;
    }

    private static Optional<String> client(JsonNode element) {
        String address = element.path("val").asString("");
        int seconds = element.path("expires").asInt(0);
        return Range.isAddress(address) && seconds > 0
                ? Optional.of("%s expires %ds".formatted(address, seconds))
                : Optional.empty();
    }
}
