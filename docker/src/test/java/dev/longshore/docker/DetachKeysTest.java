package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;

class DetachKeysTest {

    private final AtomicInteger left = new AtomicInteger();

    private String typed(String input, String keys) throws IOException {
        var in = new DetachKeys(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)), keys, left::incrementAndGet);
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void theSequenceEndsTheInputAndIsNotHandedOn() throws IOException {
        assertThat(typed("echo\r\u0010\u0011more", "")).isEqualTo("echo\r");
        assertThat(left).hasValue(1);
    }

    @Test
    void aBeginningThatDoesNotGoOnIsHandedOn() throws IOException {
        assertThat(typed("\u0010x\u0010", "")).isEqualTo("\u0010x\u0010");
        assertThat(left).hasValue(0);
    }

    @Test
    void aRepeatedFirstKeyMayBeginTheSequence() throws IOException {
        assertThat(typed("\u0010\u0010\u0011", "")).isEqualTo("\u0010");
        assertThat(left).hasValue(1);
    }

    @Test
    void otherKeysCanBeChosenAndNonsenseIsRefused() throws IOException {
        assertThat(typed("a\u0001bc", "ctrl-a,b")).isEqualTo("a");
        assertThatThrownBy(() -> DetachKeys.parse("ctrl-"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("Unknown character");
    }

    @Property
    void inputWithoutTheSequenceArrivesWhole(@ForAll @CharRange(from = 'a', to = 'd') String text) throws IOException {
        String input = text.replace("ab", "");
        if (!input.contains("ab")) {
            assertThat(typed(input, "a,b")).isEqualTo(input);
        }
    }
}
