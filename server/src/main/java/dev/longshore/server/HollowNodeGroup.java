package dev.longshore.server;

import dev.longshore.autoscaler.Instance;
import dev.longshore.autoscaler.NodeGroup;
import dev.longshore.autoscaler.ProviderException;
import dev.longshore.base.Time;
import dev.longshore.kinds.pods.NodeFeature;
import dev.longshore.server.config.HollowGroup;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hollow nodes that are like one another. They come up on a virtual thread each. Thread-safe.
final class HollowNodeGroup implements NodeGroup, AutoCloseable {

    /// The label that names a hollow node's group.
    static final String LABEL = "longshore.dev/hollow-group";

    private static final Logger log = LoggerFactory.getLogger(HollowNodeGroup.class);

    /// Makes nodes and takes them away.
    interface Maker {

        /// A node called `name`, started.
        AutoCloseable start(String name, HollowGroup group) throws IOException;

        /// The node called `name` has stopped and shall be forgotten.
        void forget(String name);
    }

    private static final class Member {
        private Instance.State state = Instance.State.CREATING;
        private Optional<AutoCloseable> node = Optional.empty();
        private Optional<Instance.Failure> failure = Optional.empty();
    }

    private final HollowGroup config;
    private final Maker maker;
    private final Time time;
    private final Map<String, Member> members = new TreeMap<>();
    private int lastNumber;
    private boolean isClosed;

    HollowNodeGroup(HollowGroup config, Maker maker, Time time) {
        this.config = config;
        this.maker = maker;
        this.time = time;
    }

    /// Begins with the nodes of an earlier run, or with as many as the configuration says if there are none.
    ///
    /// @return those of `present` for which there is no room
    List<String> begin(Collection<String> present) {
        var known = present.stream().filter(name -> number(name) > 0).sorted().toList();
        List<String> kept = known.subList(0, Math.min(known.size(), config.max()));
        synchronized (this) {
            known.forEach(name -> lastNumber = Math.max(lastNumber, number(name)));
        }
        kept.forEach(this::add);
        for (int i = kept.size(); i < (kept.isEmpty() ? config.initial() : config.min()); i++) {
            add(nextName());
        }
        return present.stream().filter(name -> !kept.contains(name)).toList();
    }

    private int number(String name) {
        String prefix = config.name() + "-";
        String rest = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        return rest.matches("[1-9][0-9]{0,7}") ? Integer.parseInt(rest) : 0;
    }

    private synchronized String nextName() {
        return config.name() + "-" + ++lastNumber;
    }

    private void add(String name) {
        var member = new Member();
        synchronized (this) {
            members.put(name, member);
        }
        Thread.ofVirtual().name("start-" + name).start(() -> bringUp(name, member));
    }

    private void bringUp(String name, Member member) {
        try {
            time.sleep(config.startDelay());
            AutoCloseable node = maker.start(name, config);
            boolean isWanted;
            synchronized (this) {
                isWanted = !isClosed && members.get(name) == member && member.state == Instance.State.CREATING;
                if (isWanted) {
                    member.node = Optional.of(node);
                    member.state = Instance.State.RUNNING;
                }
            }
            if (!isWanted) {
                stop(name, node);
            }
        } catch (IOException | RuntimeException broken) {
            log.warn("hollow node {} did not come up", name, broken);
            synchronized (this) {
                member.failure = Optional.of(new Instance.Failure("startFailed", String.valueOf(broken.getMessage())));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String id() {
        return config.name();
    }

    @Override
    public int minSize() {
        return config.min();
    }

    @Override
    public int maxSize() {
        return config.max();
    }

    @Override
    public synchronized int targetSize() {
        return (int) members.values().stream()
                .filter(member -> member.state != Instance.State.DELETING)
                .count();
    }

    @Override
    public void increaseSize(int delta) {
        config.shortage().ifPresent(why -> {
            throw new ProviderException(why);
        });
        int wanted = targetSize() + delta;
        if (delta < 1 || wanted > config.max()) {
            throw new ProviderException("size increase too large, desired: %d max: %d".formatted(wanted, config.max()));
        }
        for (int i = 0; i < delta; i++) {
            add(nextName());
        }
    }

    @Override
    public void deleteNodes(List<String> names) {
        var nodes = new HashMap<String, Optional<AutoCloseable>>();
        synchronized (this) {
            for (String name : names) {
                if (!members.containsKey(name)) {
                    throw new ProviderException("node %s is not in group %s".formatted(name, config.name()));
                }
            }
            for (String name : names) {
                Member member = members.get(name);
                member.state = Instance.State.DELETING;
                nodes.put(name, member.node);
            }
        }
        nodes.forEach((name, node) -> {
            node.ifPresent(running -> stop(name, running));
            maker.forget(name);
            synchronized (this) {
                members.remove(name);
            }
        });
    }

    /// Never succeeds: whatever is asked for is being made at once.
    @Override
    public void decreaseTargetSize(int delta) {
        throw new ProviderException("group %s has no node that was asked for and never made".formatted(config.name()));
    }

    @Override
    public synchronized List<Instance> instances() {
        var instances = new ArrayList<Instance>();
        members.forEach((name, member) -> instances.add(new Instance(name, member.state, member.failure)));
        return instances;
    }

    @Override
    public Node template() {
        Map<String, Quantity> size = new HashMap<>(config.size());
        size.put("pods", new Quantity(String.valueOf(config.pods())));
        size.put("hugepages-1Gi", new Quantity("0"));
        size.put("hugepages-2Mi", new Quantity("0"));
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        return new NodeBuilder()
                .withNewMetadata()
                .withName(config.name() + "-template")
                .withLabels(labels(config))
                .addToLabels("kubernetes.io/hostname", config.name() + "-template")
                .addToLabels("kubernetes.io/os", "linux")
                .addToLabels("kubernetes.io/arch", architecture)
                .addToLabels("beta.kubernetes.io/os", "linux")
                .addToLabels("beta.kubernetes.io/arch", architecture)
                .endMetadata()
                .withNewSpec()
                .withTaints(config.taints())
                .endSpec()
                .withNewStatus()
                .withCapacity(size)
                .withAllocatable(size)
                .withDeclaredFeatures(NodeFeature.names(NodeFeature.OURS))
                .endStatus()
                .build();
    }

    /// Those that a node of `group` registers with.
    static Map<String, String> labels(HollowGroup group) {
        var labels = new TreeMap<>(group.labels());
        labels.put(LABEL, group.name());
        return labels;
    }

    /// Stops all nodes; the cluster is told nothing, as when machines lose their power.
    @Override
    public void close() {
        Map<String, Member> all;
        synchronized (this) {
            isClosed = true;
            all = new TreeMap<>(members);
            members.clear();
        }
        all.forEach((name, member) -> member.node.ifPresent(running -> stop(name, running)));
    }

    private static void stop(String name, AutoCloseable node) {
        try {
            node.close();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (Exception broken) {
            log.warn("hollow node {} did not stop in order", name, broken);
        }
    }
}
