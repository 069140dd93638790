package dev.longshore.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowedFilesTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir
    private Path directory;

    private final ManualTime time = new ManualTime();
    private final List<String> told = new ArrayList<>();
    private boolean isSettled = true;
    private Path one;
    private Path two;
    private FollowedFiles followed;

    @BeforeEach
    void follow() throws IOException {
        one = Files.writeString(directory.resolve("one"), "a");
        two = Files.writeString(directory.resolve("two"), "b");
        List<Path> both = List.of(one, two);
        followed = new FollowedFiles(
                both,
                FollowedFiles.read(both),
                SECOND,
                new FollowedFiles.Reader() {
                    @Override
                    public boolean changed(FollowedFiles.Content now) {
                        told.add(String.join(",", now.texts()));
                        return isSettled;
                    }

                    @Override
                    public void unreadable(IOException why) {
                        told.add("unreadable");
                    }
                },
                time);
    }

    private void look() {
        time.advance(SECOND);
        followed.look();
    }

    @Test
    void eachChangeIsToldOnceWhateverTheClockOfTheFileSays() throws IOException {
        FileTime before = Files.getLastModifiedTime(two);
        Files.writeString(two, "c");
        Files.setLastModifiedTime(two, before);
        look();
        look();

        assertThat(told).containsExactly("a,c");
    }

    @Test
    void whatIsWrittenAnewAsItWasIsNoChange() throws IOException {
        Files.writeString(one, "a");
        look();

        assertThat(told).isEmpty();
    }

    @Test
    void theyAreLookedAtOnceInAWhileOnly() throws IOException {
        Files.writeString(one, "c");
        time.advance(Duration.ofMillis(999));
        followed.look();
        assertThat(told).isEmpty();

        time.advance(Duration.ofMillis(1));
        followed.look();
        assertThat(told).containsExactly("c,b");
    }

    @Test
    void aFileThatIsAwayIsToldOnceAndGoesOnWhenItIsBack() throws IOException {
        Files.delete(one);
        look();
        look();
        Files.writeString(one, "a");
        look();
        Files.delete(one);
        look();

        assertThat(told).containsExactly("unreadable", "unreadable");
    }

    @Test
    void whatIsNotSettledIsToldAgain() throws IOException {
        isSettled = false;
        Files.writeString(one, "c");
        look();
        isSettled = true;
        look();
        look();

        assertThat(told).containsExactly("c,b", "c,b");
    }

    @Test
    void onceStartedNobodyNeedAskUntilItIsClosed() throws IOException {
        followed.start();
        Files.writeString(one, "c");
        time.advance(SECOND);
        assertThat(told).containsExactly("c,b");

        followed.close();
        Files.writeString(one, "d");
        time.advance(SECOND);
        assertThat(told).hasSize(1);
        assertThat(time.timers()).isZero();
    }
}
