package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import dev.longshore.base.Time;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.DataDirectory;
import dev.longshore.server.config.StoreOptions;
import dev.longshore.server.config.UpOptions;
import dev.longshore.server.identity.TokenKeyRotation;
import dev.longshore.server.pki.ClusterKeys;
import dev.longshore.server.pki.Terms;
import dev.longshore.store.etcd.EtcdConfig.Endpoint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class StoreFlagsTest {

    @TempDir
    Path directory;

    @Test
    void theStateIsKeptHereUnlessMembersOfEtcdAreNamed() {
        assertThat(up().store()).isEqualTo(StoreOptions.EMBEDDED);
        assertThat(up("--store=etcd://h1:2379,[::1]:23")
                        .store()
                        .etcd()
                        .orElseThrow()
                        .endpoints())
                .isEqualTo(List.of(new Endpoint("h1", 2379), new Endpoint("::1", 23)));
    }

    @ParameterizedTest
    @CsvSource({
        "--store=h1:2379, does not begin with etcd://",
        "--store=etcd://, is no member of etcd: write HOST:PORT",
        "--store=etcd://h1, is no member of etcd: write HOST:PORT",
        "--store=etcd://h1:2379 --etcd-listen=:2379, --etcd-listen serves the embedded store",
        "--store=etcd://h1:2379 --etcd-certfile=c, --etcd-certfile and --etcd-keyfile go together",
        "--store=etcd://h1:2379 --etcd-certfile=c --etcd-keyfile=k, --etcd-certfile needs --etcd-cafile",
        "--etcd-cafile=ca.crt, go with --store",
        "--node-name=Under_score, is no name",
        "--auto-compaction-retention=999999999999999999, a history of 999999999999999999 hours",
        "--auto-compaction-retention=1000000h, the longest is 100 years",
        "--kubelet-port=0, a port is between 1 and 65535"
    })
    void whatMakesNoSenseIsRefused(String flags, String why) {
        assertThatThrownBy(() -> up(flags.split(" ")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(why);
    }

    @Test
    void serversOfOneClusterHaveTheirKeysInCommon() throws Exception {
        Path shared = directory.resolve("shared");
        for (String server : List.of("a", "b")) {
            new SharedKeys(shared, directory.resolve(server)).take(Time.system(), new SecureRandom());
        }
        for (String name : List.of("ca.key", "front-proxy-ca.key", "etcd/ca.key", "sa.key")) {
            Path mine = directory.resolve("b").resolve(name);
            assertThat(mine).hasSameBinaryContentAs(directory.resolve("a").resolve(name));
            assertThat(Files.getPosixFilePermissions(mine)).hasSize(2);
        }
    }

    @Test
    void aServerWithAnotherAuthorityIsRefused() throws Exception {
        new SharedKeys(directory.resolve("shared"), directory.resolve("a")).take(Time.system(), new SecureRandom());
        new SharedKeys(directory.resolve("others"), directory.resolve("b")).take(Time.system(), new SecureRandom());

        assertThatThrownBy(() -> new SharedKeys(directory.resolve("shared"), directory.resolve("b"))
                        .take(Time.system(), new SecureRandom()))
                .hasMessageContaining("belongs to another cluster");
    }

    private void take(String server) throws Exception {
        new SharedKeys(directory.resolve("shared"), directory.resolve(server)).take(Time.system(), new SecureRandom());
    }

    private void assertSame(String name, String one, String other) {
        assertThat(directory.resolve(one).resolve(name))
                .hasSameBinaryContentAs(directory.resolve(other).resolve(name));
    }

    @Test
    void whatAServerThatDiedHasNotMadeIsMadeByTheNext() throws Exception {
        take("a");
        for (String name : List.of("front-proxy-ca.crt", "front-proxy-ca.key", "sa.key", "sa.pub")) {
            Files.delete(directory.resolve("shared").resolve(name));
        }
        take("b");
        take("c");

        assertSame("ca.key", "a", "c");
        assertSame("front-proxy-ca.key", "b", "c");
        assertSame("sa.key", "b", "c");
    }

    @Test
    void keysOfTokensThatWereRotatedOnOneServerAreTakenByTheOthers() throws Exception {
        take("a");
        take("b");
        Path rotated = directory.resolve("b");
        TokenKeyRotation.rotate(rotated.resolve("sa.key"), rotated.resolve("sa.pub"), new SecureRandom());

        take("b");
        take("a");

        assertSame("sa.key", "a", "b");
        assertSame("sa.pub", "a", "b");
    }

    @Test
    void keysOfTokensOfSomebodyElseAreRefused() throws Exception {
        take("a");
        Path own = Files.createDirectories(directory.resolve("b"));
        new ClusterKeys(own, Time.system(), Terms.USUAL, new SecureRandom()).serviceAccountKeys();

        assertThatThrownBy(() -> take("b")).hasMessageContaining("belongs to another cluster");
    }

    @Test
    void aServerThatHangsOverTheSharedKeysIsTold() throws Exception {
        Path lock = Files.createDirectories(directory.resolve("shared")).resolve(".lock");
        try (var held = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(FileLocks.attempt(held)).isTrue();
            var time = new ManualTime();
            var waiting = CompletableFuture.runAsync(() -> {
                try {
                    new SharedKeys(directory.resolve("shared"), directory.resolve("a")).take(time, new SecureRandom());
                } catch (IOException | InterruptedException unexpected) {
                    throw new IllegalStateException(unexpected);
                }
            });

            await().until(() -> {
                time.advance(Duration.ofSeconds(10));
                return waiting.isDone();
            });
            assertThatThrownBy(waiting::join).hasMessageContaining("another server has been reading");
        }
    }

    @Test
    void aDirectoryThatThisProcessWorksOnIsInUse() {
        var place = new DataDirectory(directory.resolve("data"));
        DirectoryLock first = DirectoryLock.take(place);
        try (first) {
            assertThatThrownBy(() -> DirectoryLock.take(place))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("a server runs on")
                    .hasMessageContaining("pid " + ProcessHandle.current().pid());
        }
        DirectoryLock.take(place).close();
    }

    private static UpOptions up(String... flags) {
        var up = new UpCommand();
        new CommandLine(up).parseArgs(flags);
        return up.options();
    }
}
