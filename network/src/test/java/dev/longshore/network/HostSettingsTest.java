package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ClusterId;
import dev.longshore.linux.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostSettingsTest {

    private static final ClusterId FIRST = new ClusterId("aaaaaa");
    private static final ClusterId SECOND = new ClusterId("bbbbbb");

    @TempDir
    Path directory;

    private String forwards = "0";

    private HostSettings settings() {
        return new HostSettings(directory, command -> {
            if (!command.arguments().getFirst().equals("cat")) {
                forwards = command.arguments().get(4);
            }
            return new Commands.Result(0, forwards + "\n", "");
        });
    }

    @Test
    void putsBackWhatWasThereWhenTheLastClusterGoes() throws Exception {
        settings().acquire(FIRST);
        settings().acquire(SECOND);
        assertThat(forwards).isEqualTo("1");

        settings().release(FIRST);
        assertThat(forwards).isEqualTo("1");

        settings().release(SECOND);
        assertThat(forwards).isEqualTo("0");
    }

    @Test
    void leavesOnWhatWasOnBefore() throws Exception {
        forwards = "1";

        settings().acquire(FIRST);
        settings().release(FIRST);

        assertThat(forwards).isEqualTo("1");
    }

    @Test
    void doesNothingForAClusterThatNeverCame() throws Exception {
        settings().acquire(FIRST);

        settings().release(SECOND);
        settings().release(SECOND);

        assertThat(forwards).isEqualTo("1");
    }

    @Test
    void leavesTheSettingAsItIsWhenNobodyKnowsWhatItWas() throws Exception {
        settings().acquire(FIRST);
        Files.writeString(directory.resolve("ip_forward"), "");

        settings().release(FIRST);

        assertThat(forwards).isEqualTo("1");
        assertThat(directory.resolve("ip_forward")).doesNotExist();
    }
}
