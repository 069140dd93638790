package dev.longshore.builder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheMountsTest {

    @TempDir
    Path directory;

    private CacheMounts mounts;

    @BeforeEach
    void start() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root, who may give files away");
        mounts = open();
    }

    @Test
    void aSharedMountIsOneDirectoryForAll() throws Exception {
        try (var one = mounts.borrow(wish(Sharing.SHARED));
                var two = mounts.borrow(wish(Sharing.SHARED))) {
            assertThat(two.directory()).isEqualTo(one.directory());
        }
    }

    @Test
    void aPrivateMountIsADirectoryForEachThatIsUsedAgain() throws Exception {
        Path first;
        Path second;
        try (var one = mounts.borrow(wish(Sharing.PRIVATE));
                var two = mounts.borrow(wish(Sharing.PRIVATE))) {
            first = one.directory();
            second = two.directory();
        }
        assertThat(first).isNotEqualTo(second);
        try (var again = mounts.borrow(wish(Sharing.PRIVATE))) {
            assertThat(again.directory()).isEqualTo(first);
        }
    }

    @Test
    void aLockedMountIsForOneAfterTheOther() throws Exception {
        var second = new CompletableFuture<Path>();
        Thread waiting;
        try (var first = mounts.borrow(wish(Sharing.LOCKED))) {
            waiting = Thread.ofVirtual().start(() -> {
                try (var next = mounts.borrow(wish(Sharing.LOCKED))) {
                    second.complete(next.directory());
                } catch (Exception failed) {
                    second.completeExceptionally(failed);
                }
            });
            org.awaitility.Awaitility.await().until(() -> waiting.getState() == Thread.State.WAITING);
            assertThat(second).isNotDone();
            assertThat(first.directory()).exists();
        }
        assertThat(second.get(20, TimeUnit.SECONDS)).exists();
        waiting.join();
    }

    @Test
    void whoeverWaitsForALockCanGiveUp() throws Exception {
        var gaveUp = new CountDownLatch(1);
        try (var first = mounts.borrow(wish(Sharing.LOCKED))) {
            Thread waiting = Thread.ofVirtual().start(() -> {
                assertThatThrownBy(() -> mounts.borrow(wish(Sharing.LOCKED)).close())
                        .isInstanceOf(InterruptedException.class);
                gaveUp.countDown();
            });
            waiting.interrupt();
            assertThat(gaveUp.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(first.directory()).exists();
        }
        try (var free = mounts.borrow(wish(Sharing.LOCKED))) {
            assertThat(free.directory()).exists();
        }
    }

    @Test
    void aMountIsNotForgottenWhileItIsUsedAndIsToldWithItsSize() throws Exception {
        String name;
        try (var used = mounts.borrow(wish(Sharing.SHARED))) {
            Files.write(used.directory().resolve("file"), new byte[5000]);
            name = used.directory().getParent().getFileName().toString();
            assertThat(mounts.forget(name)).isFalse();
            assertThat(mounts.entries().getFirst().inUse()).isTrue();
        }
        assertThat(mounts.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.bytes()).isEqualTo(5000);
            assertThat(entry.uses()).isEqualTo(1);
            assertThat(entry.type()).hasToString("exec.cachemount");
        });
        assertThat(open().entries().getFirst().bytes()).isEqualTo(5000);

        assertThat(mounts.forget(name)).isTrue();
        assertThat(directory.resolve("mounts")).isEmptyDirectory();
    }

    @Test
    void aMountThatCouldNotBeFilledIsNone() throws Exception {
        MountWish failing = new MountWish("id", "seed", Sharing.SHARED, 0, 0, 0755, target -> {
            Files.writeString(target.resolve("half"), "half");
            throw new IOException("no more");
        });
        assertThatThrownBy(() -> mounts.borrow(failing).close()).hasMessage("no more");

        assertThat(mounts.entries()).isEmpty();
        assertThat(directory.resolve("mounts")).isEmptyDirectory();
        Files.createDirectories(directory.resolve("mounts/" + "0".repeat(32) + "-0/data"));
        Path notYet =
                Files.createDirectories(directory.resolve("mounts/new-1/data")).getParent();
        new MountFile("id", Instant.EPOCH, Instant.EPOCH, 0, 0).write(notYet);
        assertThat(open().entries()).isEmpty();
        assertThat(directory.resolve("mounts")).isEmptyDirectory();
    }

    private CacheMounts open() throws IOException {
        var opened = new CacheMounts(directory.resolve("mounts"), Time.system());
        opened.start();
        return opened;
    }

    private static MountWish wish(Sharing sharing) {
        return new MountWish("id", "", sharing, 0, 0, 0755, MountWish.Seed.NOTHING);
    }
}
