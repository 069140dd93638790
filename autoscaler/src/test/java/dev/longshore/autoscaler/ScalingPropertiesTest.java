package dev.longshore.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// What must hold for any load: a world of three groups, in which the planners decide, everything that they decide
/// happens at once, and pods are put where the scheduler's rules allow.
class ScalingPropertiesTest {

    private static final Duration STEP = Duration.ofMinutes(1);

    @Property(tries = 30)
    void neitherGroupsNorTheClusterGrowBeyondTheirLimits(
            @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 2600) Integer> sizes,
            @ForAll @IntRange(min = 0, max = 12) int maxNodes,
            @ForAll @IntRange(min = 1, max = 30) int maxCores,
            @ForAll boolean isBalancing,
            @ForAll long seed) {
        var world = new World(
                List.of(
                        "max-nodes-total=" + maxNodes,
                        "cores-total=0:" + maxCores,
                        "balance-similar-node-groups=" + isBalancing,
                        "expander=random"),
                seed);
        world.load(sizes);

        for (int look = 0; look < 10; look++) {
            world.look();
            assertThat(world.groups)
                    .allSatisfy(group -> assertThat(group.target).isBetween(group.minSize(), group.maxSize()));
            int nodes = world.nodes().size();
            long cores = world.nodes().stream().mapToLong(NodeTraits::cores).sum();
            assertThat(maxNodes == 0 || nodes <= Math.max(maxNodes, World.FIRST))
                    .isTrue();
            assertThat(cores).isLessThanOrEqualTo(Math.max(maxCores, World.FIRST_CORES));
        }
    }

    @Property(tries = 30)
    void whatWasAddedIsNotTakenAwayFromTheSameLoad(
            @ForAll @Size(max = 50) List<@IntRange(min = 1, max = 2600) Integer> sizes, @ForAll long seed) {
        var world = new World(List.of("scale-down-unneeded-time=2m"), seed);
        world.load(sizes);

        for (int look = 0; look < 60; look++) {
            world.look();
        }
        assertThat(world.changes).as("a load that stays comes to rest").isLessThan(40);
        int restingAt = world.changes;
        long waiting = world.waiting();
        for (int look = 0; look < 30; look++) {
            world.look();
        }
        assertThat(world.changes).isEqualTo(restingAt);
        assertThat(world.waiting()).isEqualTo(waiting);
        assertThat(world.regrowths)
                .as("nodes added for pods that a removal made homeless")
                .isZero();
    }

    @Property(tries = 30)
    void noMoreOfABudgetIsPlannedAwayThanItAllows(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 400) Integer> sizes,
            @ForAll @IntRange(min = 0, max = 3) int allowed,
            @ForAll long seed) {
        var world = new World(List.of("scale-down-unneeded-time=2m", "max-drain-parallelism=10"), seed);
        world.load(sizes);
        for (int look = 0; look < 5; look++) {
            world.look();
        }
        world.budgets = List.of(Sample.budget("owner-0", allowed), Sample.budget("owner-1", 0));
        world.unload(3);

        for (int look = 0; look < 20; look++) {
            var removals = world.plan();
            var moved = new ArrayList<Pod>();
            removals.drained().forEach(removal -> moved.addAll(removal.moved()));
            assertThat(moved.stream()
                            .filter(pod -> PodTraits.labels(pod).get("app").equals("owner-0")))
                    .hasSizeLessThanOrEqualTo(allowed);
            assertThat(moved).noneMatch(pod -> PodTraits.labels(pod).get("app").equals("owner-1"));
        }
    }

    /// Groups, nodes and pods, and a clock.
    private static final class World {

        static final int FIRST = 2;
        static final int FIRST_CORES = 3;

        private final AutoscalerOptions options;
        private final ScaleUpPlanner up;
        private final ScaleDownPlanner down;
        private final Cooldowns cooldowns;
        final List<FakeGroup> groups = List.of(
                new FakeGroup("a-small", 1, 6, Sample.node("t", 1000, 2048)).with(1),
                new FakeGroup("b-medium", 1, 5, Sample.node("t", 2000, 4096)).with(1),
                new FakeGroup("c-medium", 0, 5, Sample.node("t", 2000, 4096)));
        private final Map<String, Pod> pods = new TreeMap<>();
        private final List<String> evicted = new ArrayList<>();
        List<PodDisruptionBudget> budgets = List.of();
        private Instant now = Sample.NOW;
        int changes;
        int regrowths;

        World(List<String> flags, long seed) {
            this.options = AutoscalerFlags.parse(flags);
            var priorities = new Priorities(Optional::empty, (reason, message) -> {});
            this.up = new ScaleUpPlanner(
                    options.up(), new Expanders(options.up().expanders(), priorities, new Random(seed)), Set.of());
            this.down = new ScaleDownPlanner(options.up(), options.down());
            this.cooldowns = new Cooldowns(options.down());
        }

        void load(List<Integer> sizes) {
            for (int i = 0; i < sizes.size(); i++) {
                Pod pod = Sample.pending("owner-" + i % 3, i, sizes.get(i), sizes.get(i));
                pods.put(PodTraits.key(pod), pod);
            }
        }

        /// Every so many pods stay.
        void unload(int divisor) {
            int[] index = {0};
            pods.keySet().removeIf(key -> index[0]++ % divisor != 0);
        }

        List<Node> nodes() {
            return groups.stream()
                    .flatMap(group -> group.instances().stream().map(instance -> node(group, instance.name())))
                    .toList();
        }

        private static Node node(FakeGroup group, String name) {
            return Sample.node(name, (int) NodeTraits.milliCores(group.template()), (int)
                    (NodeTraits.memory(group.template()) >> 20));
        }

        long waiting() {
            return pods.values().stream()
                    .filter(pod -> PodTraits.node(pod).isEmpty())
                    .count();
        }

        private Observation cluster() {
            return Sample.at(now, nodes(), List.copyOf(pods.values()), budgets.toArray(PodDisruptionBudget[]::new));
        }

        private List<GroupView> views() {
            return groups.stream()
                    .map(group -> GroupView.of(group, options.group()))
                    .toList();
        }

        void look() {
            now = now.plus(STEP);
            schedule();
            if (!grow()) {
                shrink(plan());
            }
            schedule();
        }

        /// First fit.
        private void schedule() {
            Simulation simulation = cluster().simulation(nodes(), Integer.MIN_VALUE);
            for (Pod pod : List.copyOf(pods.values())) {
                if (PodTraits.node(pod).isEmpty()) {
                    var view = PodGroup.view(pod);
                    simulation.firstFit(view, node -> true).ifPresent(node -> {
                        simulation.place(view, node);
                        pods.put(PodTraits.key(pod), onto(pod, node));
                    });
                }
            }
        }

        private static Pod onto(Pod pod, String node) {
            return new PodBuilder(pod).editSpec().withNodeName(node).endSpec().build();
        }

        private boolean grow() {
            Observation cluster = cluster();
            Simulation simulation = cluster.simulation(nodes(), Integer.MIN_VALUE);
            List<Pod> helpless =
                    PendingPods.of(cluster, simulation, Map.of(), options.up()).helpless();
            if (helpless.isEmpty()) {
                return false;
            }
            List<ScaleUpPlanner.Candidate> candidates = groups.stream()
                    .map(group -> new ScaleUpPlanner.Candidate(
                            GroupView.of(group, options.group()),
                            Optional.of(Sample.template(group.template())),
                            Optional.empty()))
                    .toList();
            var plan = up.plan(candidates, helpless, simulation, new ClusterLimits(options.up(), nodes()));
            if (!(plan instanceof ScaleUpPlan.Grow grow)) {
                return false;
            }
            grow.resizes().forEach(resize -> resize.group().group().increaseSize(resize.increase()));
            cooldowns.added("any", now);
            changes++;
            if (grow.helped().stream().anyMatch(pod -> evicted.contains(PodTraits.key(pod)))) {
                regrowths++;
            }
            return true;
        }

        ScaleDownPlanner.Removals plan() {
            now = now.plus(STEP);
            down.update(cluster(), views(), Map.of(), List.of());
            return down.removable(now, views(), Map.of(), new ClusterLimits(options.up(), nodes()));
        }

        private void shrink(ScaleDownPlanner.Removals plan) {
            if (cooldowns.isWaiting("any", now)) {
                return;
            }
            var all = new HashMap<String, Removal>();
            plan.empty().forEach(removal -> all.put(removal.name(), removal));
            plan.drained().forEach(removal -> all.put(removal.name(), removal));
            all.forEach((name, removal) -> {
                changes++;
                removal.moved().forEach(pod -> {
                    evicted.add(PodTraits.key(pod));
                    pods.put(PodTraits.key(pod), onto(pod, null));
                });
                groups.stream()
                        .filter(group -> group.view().holds(name))
                        .forEach(group -> group.deleteNodes(List.of(name)));
            });
        }
    }
}
