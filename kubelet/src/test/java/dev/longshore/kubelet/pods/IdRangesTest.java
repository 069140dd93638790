package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.runtime.IdRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdRangesTest {

    @TempDir
    Path pods;

    @Test
    void noTwoPodsHaveTheSameUsersAndALaterKubeletKnowsThem() {
        IdRange one = new IdRanges(pods).of("one");
        IdRange two = new IdRanges(pods).of("two");

        assertThat(one).isEqualTo(new IdRange(65536, 65536));
        assertThat(two).isEqualTo(new IdRange(2 * 65536, 65536));
        assertThat(new IdRanges(pods).of("one")).isEqualTo(one);
    }

    @Test
    void whatAPodHadIsFreeWhenItsFilesAreGone() throws IOException {
        var ranges = new IdRanges(pods);
        IdRange one = ranges.of("one");
        ranges.of("two");
        Files.delete(pods.resolve("one/userns"));

        assertThat(ranges.of("three")).isEqualTo(one);
    }

    @Test
    void theyAreWrittenDownAsTheOriginalDoes() throws IOException {
        new IdRanges(pods).of("one");

        assertThat(pods.resolve("one/userns"))
                .content()
                .isEqualTo("{\"uidMappings\":[{\"hostId\":65536,\"containerId\":0,\"length\":65536}],"
                        + "\"gidMappings\":[{\"hostId\":65536,\"containerId\":0,\"length\":65536}]}");
    }
}
