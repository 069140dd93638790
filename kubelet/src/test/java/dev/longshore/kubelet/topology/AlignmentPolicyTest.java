package dev.longshore.kubelet.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlignmentPolicyTest {

    private static final NumaNodes FIRST = new NumaNodes(0b01);
    private static final NumaNodes SECOND = new NumaNodes(0b10);
    private static final NumaNodes BOTH = new NumaNodes(0b11);
    private static final NumaDistances TWO = new NumaDistances(Map.of(0, List.of(10, 20), 1, List.of(20, 10)));

    @Test
    void whatAllCanGiveFromOneNodeComesFromThere() {
        var cpu = Map.of("cpu", List.of(Hint.of(FIRST, true), Hint.of(SECOND, true), Hint.of(BOTH, false)));
        var memory = Map.of("memory", List.of(Hint.of(SECOND, true), Hint.of(BOTH, false)));

        for (AlignmentPolicy policy :
                List.of(AlignmentPolicy.BEST_EFFORT, AlignmentPolicy.RESTRICTED, AlignmentPolicy.SINGLE_NUMA_NODE)) {
            Hint best = policy.merge(TWO, false, List.of(cpu, memory));

            assertThat(best).isEqualTo(Hint.of(SECOND, true));
            assertThat(policy.takes(best)).isTrue();
        }
    }

    @Test
    void whatCannotComeFromTheSameNodeIsTakenOnlyByWhoDoesItsBest() {
        var cpu = Map.of("cpu", List.of(Hint.of(FIRST, true), Hint.of(BOTH, false)));
        var device = Map.of("example.com/d", List.of(Hint.of(SECOND, true), Hint.of(BOTH, false)));

        Hint best = AlignmentPolicy.BEST_EFFORT.merge(TWO, false, List.of(cpu, device));

        assertThat(best).isEqualTo(Hint.of(FIRST, false));
        assertThat(AlignmentPolicy.BEST_EFFORT.takes(best)).isTrue();
        assertThat(AlignmentPolicy.RESTRICTED.takes(best)).isFalse();
    }

    @Test
    void whatNeedsTwoNodesIsNotOfASingleOne() {
        var cpu = Map.of("cpu", List.of(Hint.of(BOTH, true)));

        assertThat(AlignmentPolicy.RESTRICTED.merge(TWO, false, List.of(cpu))).isEqualTo(Hint.of(BOTH, true));
        Hint single = AlignmentPolicy.SINGLE_NUMA_NODE.merge(TWO, false, List.of(cpu));
        assertThat(single).isEqualTo(new Hint(Optional.empty(), false));
        assertThat(AlignmentPolicy.SINGLE_NUMA_NODE.takes(single)).isFalse();
    }

    @Test
    void whoDoesNotCareHindersNobodyAndWhoHasNothingDoes() {
        var cpu = Map.of("cpu", List.of(Hint.of(FIRST, true)));

        assertThat(AlignmentPolicy.RESTRICTED.merge(TWO, false, List.of(cpu, Map.of())))
                .isEqualTo(Hint.of(FIRST, true));
        assertThat(AlignmentPolicy.RESTRICTED.merge(TWO, false, List.of(cpu, Map.of("memory", List.of()))))
                .isEqualTo(Hint.of(FIRST, false));
    }

    @Test
    void nodesThatAreCloseAreTakenWhereThatIsPreferred() {
        var machine = new NumaDistances(Map.of(0, List.of(10, 30, 20), 1, List.of(30, 10, 12), 2, List.of(20, 12, 10)));
        var cpu = Map.of(
                "cpu",
                List.of(
                        Hint.of(new NumaNodes(0b011), true),
                        Hint.of(new NumaNodes(0b101), true),
                        Hint.of(new NumaNodes(0b110), true)));

        assertThat(AlignmentPolicy.RESTRICTED
                        .merge(machine, false, List.of(cpu))
                        .nodes())
                .contains(new NumaNodes(0b011));
        assertThat(AlignmentPolicy.RESTRICTED.merge(machine, true, List.of(cpu)).nodes())
                .contains(new NumaNodes(0b110));
    }
}
