package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.builder.graph.NamedContext;
import dev.longshore.builder.graph.NamedContexts;
import dev.longshore.builder.stage.RunWishes;
import dev.longshore.builder.stage.Secrets;
import dev.longshore.builder.stage.SshAgents;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.runtime.StepSandbox;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `RUN --mount`, `--network` and `--security` where steps really run.
class RunMountsTest {

    @TempDir
    static Path directory;

    private static RealSteps steps;
    private Workshop workshop;

    @BeforeAll
    static void startARuntime() throws Exception {
        Workshop.quick().close();
        steps = new RealSteps(directory.resolve("runtime"));
    }

    @AfterAll
    static void endIt() throws Exception {
        if (steps != null) {
            steps.end();
        }
    }

    @BeforeEach
    void open() throws Exception {
        workshop = Workshop.with(steps, Long.MAX_VALUE);
    }

    @AfterEach
    void close() throws Exception {
        if (workshop != null) {
            workshop.close();
        }
    }

    @Test
    void aDocumentThatNamesItsInterpreterIsAProgram() throws Exception {
        workshop.dockerfile("""
                FROM longshore.local/busybox
                USER 1000
                WORKDIR /tmp/mine
                RUN <<-program
                \t#!/usr/bin/awk -f
                \tBEGIN { print "$HOME stays" > "out" }
                \tprogram
                """);
        workshop.build("one");

        assertThat(workshop.content("one", "/tmp/mine/out")).isEqualTo("$HOME stays\n");
        assertThat(workshop.tree("one").find("/dev/pipes")).isEmpty();
    }

    @Test
    void filesOfANamedContextCanBeMounted() throws Exception {
        Path named = Files.createDirectory(workshop.root.resolve("named"));
        Files.writeString(named.resolve("f"), "named");
        Files.writeString(named.resolve("hidden"), "x");
        Files.writeString(named.resolve(".dockerignore"), "hidden\n");
        workshop.dockerfile("""
                FROM longshore.local/busybox
                RUN --mount=from=src,target=/src --mount=type=cache,target=/c,from=src cat /src/f /c/f > /seen; ls /src >> /seen
                """);

        workshop.build(
                "one", Wishes.NONE.withContexts(NamedContexts.NONE.with("src", new NamedContext.OfDirectory(named))));

        assertThat(workshop.content("one", "/seen")).isEqualTo("namednamedf\n");
    }

    @Test
    void aCacheOutlivesItsBuildAndIsNoPartOfTheImage() throws Exception {
        String counting = """
                FROM longshore.local/busybox
                ARG N
                RUN --mount=type=cache,target=/root/.cache/deep echo $N >> /root/.cache/deep/log; cp /root/.cache/deep/log /seen
                """;
        workshop.dockerfile(counting);
        workshop.build("one", Wishes.NONE.withArgument("N", "1"));
        workshop.build("two", Wishes.NONE.withArgument("N", "2"));
        assertThat(workshop.content("two", "/seen")).isEqualTo("1\n2\n");
        assertThat(workshop.topLayer("two")).isEqualTo("seen");

        workshop.reopen(Long.MAX_VALUE);
        workshop.build("three", Wishes.NONE.withArgument("N", "3"));
        assertThat(workshop.content("three", "/seen")).isEqualTo("1\n2\n3\n");

        workshop.build("other", Wishes.NONE.withArgument("N", "4").withArgument("BUILDKIT_CACHE_MOUNT_NS", "mine"));
        assertThat(workshop.content("other", "/seen")).isEqualTo("4\n");
    }

    @Test
    void aNewCacheBeginsWithWhatItIsTold() throws Exception {
        workshop.dockerfile("""
                FROM longshore.local/busybox AS seed
                RUN mkdir -p /s/d && echo seeded > /s/d/f && chown 7:8 /s/d/f && chmod 640 /s/d/f
                FROM longshore.local/busybox
                RUN --mount=type=cache,id=x,from=seed,source=/s,target=c,uid=5,gid=6,mode=0750 \\
                    ls -ldn c c/d/f | cut -c1-40 > /seen && cat c/d/f >> /seen
                """);
        workshop.build("app");

        assertThat(workshop.content("app", "/seen"))
                .startsWith("drwxr-x---    3 5        6")
                .contains("-rw-r-----    1 7        8")
                .endsWith("seeded\n");
    }

    @Test
    void filesOfStagesImagesAndTheContextAreBoundForOneCommand() throws Exception {
        workshop.write("ctx/one", "context");
        workshop.write("ctx/skip/two", "ignored");
        workshop.write(".dockerignore", "ctx/skip");
        workshop.dockerfile("""
                FROM longshore.local/busybox AS made
                RUN mkdir /out && echo stage > /out/file && ln -s /etc /out/link
                FROM longshore.local/busybox
                WORKDIR /w
                RUN --mount=source=ctx,target=ctx --mount=from=made,source=/out,target=/m,rw \\
                    --mount=from=longshore.local/busybox,source=bin,target=/b \\
                    cat ctx/one /m/file > /seen; ls ctx >> /seen; echo changed > /m/file; test -e /b/sh; \\
                    ! touch /b/x 2>/dev/null
                RUN --mount=from=made,source=/out/link,target=/e ls /e/passwd /m 2>&1 | cat > /links
                """);
        workshop.build("app");

        assertThat(workshop.content("app", "/seen")).isEqualTo("contextstage\none\n");
        assertThat(workshop.content("app", "/links")).contains("/e/passwd").contains("/m: No such file");
        assertThat(workshop.topLayer("app")).isEqualTo("links");
    }

    @Test
    void whatIsBoundDecidesWhetherAStepIsDoneAgain() throws Exception {
        workshop.write("used", "1");
        workshop.write("unused", "1");
        workshop.dockerfile("FROM longshore.local/busybox\nRUN --mount=source=used,target=/u cp /u /seen\n");
        workshop.build("app");
        int runs = steps.runs.get();

        workshop.write("unused", "2");
        workshop.build("app");
        assertThat(steps.runs.get()).isEqualTo(runs);

        workshop.write("used", "2");
        workshop.build("app");
        assertThat(workshop.content("app", "/seen")).isEqualTo("2");
    }

    @Test
    void aSecretShowsInItsCommandAndNowhereElse() throws Exception {
        String secret = "tOpS3cret-value";
        workshop.dockerfile("""
                FROM longshore.local/busybox
                RUN --mount=type=secret,id=key,uid=3,gid=4,mode=0440,env=KEY,target=/etc/key \\
                    --mount=type=secret,id=none \\
                    sha256sum < /etc/key > /sum; ls -ln /etc/key | cut -c1-30 > /look; test "$KEY" = "$(cat /etc/key)"
                """);
        Wishes wishes = Wishes.NONE.withRun(
                RunWishes.USUAL.withSecrets(Secrets.of(Map.of("key", secret.getBytes(StandardCharsets.UTF_8)))));
        workshop.build("app", wishes);

        assertThat(workshop.content("app", "/look")).startsWith("-r--r-----    1 3        4");
        assertThat(workshop.topLayer("app")).isEqualTo("look sum");
        assertThat(workshop.said).doesNotContain(secret);
        int runs = steps.runs.get();
        workshop.build("app", wishes.withRun(RunWishes.USUAL));
        assertThat(steps.runs.get()).isEqualTo(runs);
        Process grep =
                new ProcessBuilder("grep", "-rlF", secret, workshop.root.toString(), directory.toString()).start();
        assertThat(new String(grep.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
    }

    @Test
    void aDocumentNamesItsInterpreter() throws Exception {
        workshop.dockerfile("""
                FROM longshore.local/busybox
                RUN <<EOF
                #!/usr/bin/awk -f
                BEGIN { print "awk says $HOME" > "/seen" }
                EOF
                RUN --mount=type=tmpfs,target=/t <<-EOF
                	echo one > /t/x
                	hostname >> /seen
                EOF
                """);
        workshop.build("app", Wishes.NONE.withArgument("BUILDKIT_SANDBOX_HOSTNAME", "maker"));

        assertThat(workshop.content("app", "/seen")).isEqualTo("awk says $HOME\nmaker\n");
        assertThat(workshop.config("app").history().getLast().createdBy()).contains("hostname >> /seen");
    }

    @Test
    void aSecretThatIsRequiredMustBeThere() throws Exception {
        workshop.dockerfile(
                "FROM longshore.local/busybox\nRUN --mount=type=secret,id=key,required cat /run/secrets/key\n");

        assertThatThrownBy(() -> workshop.build("app")).hasMessageContaining("Dockerfile:2: secret key: not found");
    }

    @Test
    void anAgentAnswersThroughItsSocket() throws Exception {
        Path socket = Files.createTempDirectory("agent").resolve("s");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofVirtual().start(() -> answer(server));
            bringPerl(Files.createDirectory(workshop.context.resolve("p")));
            workshop.dockerfile("""
                    FROM longshore.local/busybox
                    RUN --mount=type=ssh,mode=0666,uid=33 --mount=type=ssh,id=absent --mount=source=p,target=/p \\
                        LD_LIBRARY_PATH=/p /p/perl -e 'socket(S, 1, 1, 0); \\
                          connect(S, pack("S Z108", 1, $ENV{SSH_AUTH_SOCK})) or die "$!"; \\
                          syswrite(S, "hello\\n"); sysread(S, $got, 100); print $got' > /answer; \\
                        echo $SSH_AUTH_SOCK >> /answer; ls -ln $SSH_AUTH_SOCK | cut -c1-20 >> /answer
                    """);
            SshAgents agents = id -> Optional.of(id)
                    .filter("default"::equals)
                    .map(known -> () -> SocketChannel.open(UnixDomainSocketAddress.of(socket)));
            workshop.build("app", Wishes.NONE.withRun(RunWishes.USUAL.withAgents(agents)));
        }

        assertThat(workshop.content("app", "/answer"))
                .isEqualTo("hello\n/run/buildkit/ssh_agent.0\nsrw-rw-rw-    1 33  \n");
        assertThat(workshop.topLayer("app")).isEqualTo("answer");
        Files.delete(socket);
        Files.delete(socket.getParent());
    }

    @Test
    void whatReachesOutIsRefused() throws Exception {
        workshop.dockerfile("FROM longshore.local/busybox\nRUN --mount=source=../secret,target=/x true\n");
        assertThatThrownBy(() -> workshop.build("app")).hasMessageContaining("is outside of the build context");

        workshop.dockerfile("FROM longshore.local/busybox\nRUN --mount=source=nothing,target=/x true\n");
        assertThatThrownBy(() -> workshop.build("app")).hasMessageContaining("\"/nothing\": not found");

        workshop.dockerfile("FROM longshore.local/busybox\nRUN --mount=type=tmpfs,target=/ true\n");
        assertThatThrownBy(() -> workshop.build("app")).hasMessageContaining("invalid mount target \"/\"");
    }

    @Test
    void aStepHasTheNetworkAndTheRightsThatItsBuildAllows() throws Exception {
        workshop.dockerfile("FROM longshore.local/busybox\nRUN --network=none ls /sys/class/net > /seen\n");
        workshop.build("app");
        assertThat(workshop.content("app", "/seen")).isEqualTo("lo\n");

        workshop.dockerfile("FROM longshore.local/busybox\nRUN --network=host ls /sys/class/net > /seen\n");
        assertThatThrownBy(() -> workshop.build("app")).hasMessageContaining("network.host is not allowed");
        workshop.build(
                "app", Wishes.NONE.withRun(RunWishes.USUAL.allowing(Set.of(RunWishes.Entitlement.NETWORK_HOST))));
        assertThat(workshop.content("app", "/seen")).isEqualTo(hostInterfaces());
        workshop.build("app", Wishes.NONE.withRun(RunWishes.USUAL.withNetwork(StepSandbox.Network.HOST)));

        workshop.dockerfile("FROM longshore.local/busybox\nRUN --security=insecure grep CapEff /proc/self/status\n");
        assertThatThrownBy(() -> workshop.build("app")).hasMessageContaining("security.insecure is not allowed");
        workshop.build(
                "app", Wishes.NONE.withRun(RunWishes.USUAL.allowing(Set.of(RunWishes.Entitlement.SECURITY_INSECURE))));
    }

    private static String hostInterfaces() throws IOException {
        try (var all = Files.list(Path.of("/sys/class/net"))) {
            return all.map(path -> path.getFileName() + "\n").sorted().reduce("", String::concat);
        }
    }

    private static void answer(ServerSocketChannel server) {
        try (SocketChannel client = server.accept()) {
            ByteBuffer buffer = ByteBuffer.allocate(100);
            client.read(buffer);
            client.write(buffer.flip());
        } catch (IOException ended) {
            return;
        }
    }

    /// A program that can connect to a socket; busybox has none.
    private static void bringPerl(Path directory) throws Exception {
        Files.copy(Path.of("/usr/bin/perl"), directory.resolve("perl"));
        Process ldd = new ProcessBuilder("ldd", "/usr/bin/perl").start();
        String libraries = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        for (String word : libraries.split("\\s+")) {
            if (word.startsWith("/") && word.contains(".so")) {
                Path library = Path.of(word);
                Files.copy(library, directory.resolve(library.getFileName().toString()));
            }
        }
    }
}
