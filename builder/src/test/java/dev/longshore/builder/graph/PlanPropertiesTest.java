package dev.longshore.builder.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.builder.dockerfile.DockerfileParser;
import dev.longshore.images.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Any Dockerfile whose stages take from earlier ones.
class PlanPropertiesTest {

    private static final Set<String> KEYWORDS = Set.of("FROM", "RUN", "COPY");
    private static final Platforms HERE = new Platforms(Platform.linux("amd64"), Platform.linux("amd64"));

    /// @param base an earlier stage, or -1 for an image
    record Wanted(int base, List<Integer> copies, List<Integer> mounts) {}

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void whatIsNeededIsTheTargetAndWhatItReachesInOrder(@ForAll("dockerfiles") List<Wanted> stages) {
        Plan plan = plan(stages);

        var reached = new TreeSet<Integer>();
        reach(stages, stages.size() - 1, reached);
        assertThat(plan.needed()).extracting(PlannedStage::index).containsExactlyElementsOf(reached);
        assertThat(plan.needed()).allSatisfy(stage -> assertThat(stage.needs()).allMatch(need -> need < stage.index()));
    }

    private static void reach(List<Wanted> stages, int index, Set<Integer> reached) {
        if (reached.add(index)) {
            Wanted stage = stages.get(index);
            var next = new ArrayList<>(stage.copies());
            next.addAll(stage.mounts());
            if (stage.base() >= 0) {
                next.add(stage.base());
            }
            next.forEach(other -> reach(stages, other, reached));
        }
    }

    private static Plan plan(List<Wanted> stages) {
        var text = new StringBuilder();
        for (int i = 0; i < stages.size(); i++) {
            Wanted stage = stages.get(i);
            text.append("FROM ")
                    .append(stage.base() < 0 ? "image" : "S" + stage.base())
                    .append(" AS s")
                    .append(i)
                    .append('\n');
            stage.copies()
                    .forEach(from -> text.append("COPY --from=").append(from).append(" / /\n"));
            stage.mounts()
                    .forEach(from -> text.append("RUN --mount=target=/m,from=s")
                            .append(from)
                            .append(" true\n"));
        }
        return Plan.of(
                DockerfileParser.parse("Dockerfile", text.toString(), KEYWORDS), HERE, Map.of(), Optional.empty());
    }

    @Provide
    Arbitrary<List<Wanted>> dockerfiles() {
        return Arbitraries.integers().between(1, 12).flatMap(PlanPropertiesTest::stages);
    }

    private static Arbitrary<List<Wanted>> stages(int count) {
        Arbitrary<List<Wanted>> all = Arbitraries.just(List.of());
        for (int i = 0; i < count; i++) {
            Arbitrary<Wanted> next = stage(i);
            all = all.flatMap(before -> next.map(stage -> {
                var more = new ArrayList<>(before);
                more.add(stage);
                return List.copyOf(more);
            }));
        }
        return all;
    }

    private static Arbitrary<Wanted> stage(int index) {
        Arbitrary<Integer> base = Arbitraries.integers().between(-1, index - 1);
        Arbitrary<List<Integer>> some = index == 0
                ? Arbitraries.just(List.of())
                : Arbitraries.integers().between(0, index - 1).list().ofMaxSize(2);
        return base.flatMap(b -> some.flatMap(copies -> some.map(mounts -> new Wanted(b, copies, mounts))));
    }
}
