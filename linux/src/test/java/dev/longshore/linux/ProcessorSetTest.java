package dev.longshore.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessorSetTest {

    @Property(tries = 100)
    void whatIsWrittenIsReadAgain(@ForAll Set<@IntRange(min = 0, max = 70) Integer> numbers) {
        var set = ProcessorSet.of(numbers);

        assertThat(ProcessorSet.parse(set.toString())).isEqualTo(set);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3-1", "a", "1,,2", "-1", "9999", "1-2-3"})
    void whatIsNoListIsRefused(String list) {
        assertThatThrownBy(() -> ProcessorSet.parse(list)).isInstanceOf(IllegalArgumentException.class);
    }
}
