package dev.longshore.kubelet.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.linux.ProcessorSet;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ProcessorChoiceTest {

    /// Two sockets, each a node of three cores with two threads; n and n + 6 are one core, even ones in socket 0.
    private static final MachineTopology TWO_SOCKETS = new MachineTopology(IntStream.range(0, 12)
            .mapToObj(number -> new Processor(number, number % 6, number % 2, number % 2, number % 2))
            .toList());

    /// Two sockets of two nodes with four cores of one thread each; two cores share a cache.
    private static final MachineTopology FOUR_NODES = new MachineTopology(IntStream.range(0, 16)
            .mapToObj(number -> new Processor(number, number, number / 8, number / 4, number / 2 * 2))
            .toList());

    @Test
    void aThreadComesFromTheCoreOfWhichOneIsTakenAlready() {
        assertThat(take(TWO_SOCKETS, ProcessorOptions.NONE, "0-11", 1)).hasToString("0");
        assertThat(take(TWO_SOCKETS, ProcessorOptions.NONE, "1-11", 1)).hasToString("6");
        assertThat(take(TWO_SOCKETS, ProcessorOptions.NONE, "1-5,7-11", 1)).hasToString("2");
    }

    @Test
    void wholeSocketsAndCoresComeFirst() {
        assertThat(take(TWO_SOCKETS, ProcessorOptions.NONE, "0-11", 6)).hasToString("0,2,4,6,8,10");
        assertThat(take(TWO_SOCKETS, ProcessorOptions.NONE, "0-11", 8)).hasToString("0-2,4,6-8,10");
        assertThat(take(TWO_SOCKETS, ProcessorOptions.NONE, "1-11", 6)).hasToString("1,3,5,7,9,11");
    }

    @Test
    void coresAreSpreadWhereThatIsAskedFor() {
        var options = new ProcessorOptions(false, false, true, false, false, false);

        assertThat(take(TWO_SOCKETS, options, "0-11", 3)).hasToString("0,2,4");
    }

    @Test
    void nodesGiveTheSameWhereThatIsAskedFor() {
        var options = new ProcessorOptions(false, true, false, false, false, false);

        assertThat(take(FOUR_NODES, options, "0-15", 6)).hasToString("0-2,4-6");
        assertThat(take(FOUR_NODES, options, "0-15", 4))
                .as("one node is enough")
                .hasToString("0-3");
        assertThat(take(FOUR_NODES, options, "1-15", 7))
                .as("one gives one more, so that what is left is as even as can be")
                .hasToString("4-10");
    }

    @Test
    void fewCachesAreUsedWhereThatIsPreferred() {
        var options = new ProcessorOptions(false, false, false, false, false, true);

        assertThat(take(FOUR_NODES, ProcessorOptions.NONE, "1-3,4-15", 2)).hasToString("1-2");
        assertThat(take(FOUR_NODES, options, "1-3,4-15", 2)).hasToString("2-3");
    }

    @Test
    void whatIsNearComesFirst() {
        var choice = new ProcessorChoice(FOUR_NODES, ProcessorOptions.NONE);

        assertThat(choice.take(ProcessorSet.parse("0-15"), 3, Optional.of(new NumaNodes(0b100))))
                .contains(ProcessorSet.parse("8-10"));
        assertThat(choice.take(ProcessorSet.parse("0-1,8-9,12-15"), 3, Optional.of(new NumaNodes(0b100))))
                .contains(ProcessorSet.parse("0,8-9"));
        var bySocket = new ProcessorChoice(FOUR_NODES, new ProcessorOptions(false, false, false, true, false, false));
        assertThat(bySocket.take(ProcessorSet.parse("0-1,8-9,12-15"), 3, Optional.of(new NumaNodes(0b100))))
                .contains(ProcessorSet.parse("8-9,12"));
    }

    @Property(tries = 300)
    void asManyAsAreWantedComeOutOfThoseThatAreFree(
            @ForAll @IntRange(min = 0, max = 65535) int bits,
            @ForAll @IntRange(min = 0, max = 17) int count,
            @ForAll boolean acrossNodes,
            @ForAll boolean byCache) {
        ProcessorSet free = ProcessorSet.of(IntStream.range(0, 16)
                .filter(number -> (bits & 1 << number) != 0)
                .boxed()
                .toList());
        var options = new ProcessorOptions(false, acrossNodes, false, false, false, byCache && !acrossNodes);

        Optional<ProcessorSet> taken = new ProcessorChoice(FOUR_NODES, options).take(free, count);

        assertThat(taken.isPresent()).isEqualTo(count <= free.size());
        taken.ifPresent(some -> {
            assertThat(some.size()).isEqualTo(count);
            assertThat(some.without(free).isEmpty()).isTrue();
        });
    }

    private static ProcessorSet take(MachineTopology machine, ProcessorOptions options, String free, int count) {
        return new ProcessorChoice(machine, options)
                .take(ProcessorSet.parse(free), count)
                .orElseThrow();
    }
}
