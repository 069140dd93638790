package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Time;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.progress.ClassicOutput;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.images.BaseImages;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.images.MergedTree;
import dev.longshore.runtime.OneShot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BuilderTest {

    private final StringBuilder said = new StringBuilder();
    private final OverlayOneShot oneShot = new OverlayOneShot();
    private Path root;
    private Path context;
    private LocalImages images;
    private Builder builder;

    @BeforeEach
    void openAStoreWithABaseImage() throws Exception {
        boolean canRun = "root".equals(System.getProperty("user.name")) && Files.exists(Path.of("/usr/bin/busybox"));
        assertThat(canRun || !"true".equals(System.getenv("CI"))).isTrue();
        assumeTrue(canRun, "needs root and busybox");
        root = Files.createTempDirectory("builder-test");
        context = Files.createDirectory(root.resolve("context"));
        images = LocalImages.open(root.resolve("store"), "amd64", Time.system());
        BaseImages.ofHost(images).busybox();
        builder = builder(oneShot);
    }

    @AfterEach
    void leaveNothing() throws Exception {
        if (root != null) {
            command("rm", "-rf", root.toString());
        }
    }

    @Test
    void aDockerfileBecomesAnImageThatRemembersHowToRun() throws Exception {
        write("index.html", "hello");
        write("Dockerfile", """
                # a comment
                ARG BASE=longshore.local/busybox
                FROM $BASE AS web
                ENV PORT=8080 GREETING="hello world"
                WORKDIR /srv/www
                COPY index.html .
                RUN echo "$GREETING from $(pwd)" > made && mkdir -p /data
                EXPOSE $PORT
                VOLUME /data
                LABEL stage="${NONE:-test}"
                USER 33:33
                STOPSIGNAL SIGQUIT
                ENTRYPOINT ["httpd"]
                CMD ["-f", "-p", "8080"]
                """);

        Built built = build(BuildRequest.tagged("hello:1"));

        Image image = images.images().get("hello:1");
        assertThat(image.id()).isEqualTo(built.id());
        assertThat(image.config().run()).satisfies(run -> {
            assertThat(run.env()).containsEntry("PORT", "8080").containsKey("PATH");
            assertThat(run.workingDirectory()).isEqualTo("/srv/www");
            assertThat(run.exposedPorts()).containsExactly("8080/tcp");
            assertThat(run.labels()).containsEntry("stage", "test");
            assertThat(run.entrypoint()).containsExactly("httpd");
            assertThat(run.command()).containsExactly("-f", "-p", "8080");
            assertThat(run.user()).isEqualTo("33:33");
        });
        assertThat(content("hello:1", "/srv/www/made")).isEqualTo("hello world from /srv/www\n");
        assertThat(content("hello:1", "/srv/www/index.html")).isEqualTo("hello");
        assertThat(said)
                .contains("Step 1/13 : ARG BASE=longshore.local/busybox", "Step 13/13 : CMD")
                .contains("Successfully built " + built.id().shortHex() + "\nSuccessfully tagged hello:1\n");
    }

    @Test
    void onlyWhatLiesBehindAChangeIsBuiltAgain() throws Exception {
        write("one", "1");
        write("two", "2");
        write("Dockerfile", """
                FROM longshore.local/busybox
                RUN echo first > /first
                COPY one /
                RUN echo second > /second
                COPY two /
                RUN echo third > /third
                """);
        Image first = images.images().get(build(BuildRequest.tagged("app")).id().toString());
        int runs = oneShot.runs;

        Built same = build(BuildRequest.tagged("app"));
        assertThat(same.id()).isEqualTo(first.id());
        assertThat(oneShot.runs).isEqualTo(runs);

        write("two", "changed");
        Image changed =
                images.images().get(build(BuildRequest.tagged("app")).id().toString());

        assertThat(oneShot.runs).isEqualTo(runs + 1);
        assertThat(changed.config().diffIds().subList(0, 4))
                .isEqualTo(first.config().diffIds().subList(0, 4));
        assertThat(content("app", "/two")).isEqualTo("changed");
    }

    @Test
    void theCacheOutlivesTheProcessAndTheCollector() throws Exception {
        write("Dockerfile", "FROM longshore.local/busybox\nRUN echo x > /x\n");
        Built built = build(BuildRequest.tagged("app"));
        images.images().remove("app", false);
        images.collector().collect();

        builder = builder(oneShot);
        Built again = build(BuildRequest.tagged("app"));

        assertThat(again.id()).isEqualTo(built.id());
        assertThat(oneShot.runs).isEqualTo(1);
    }

    @Test
    void aFailedCommandNamesItsLineAndItsCode() throws Exception {
        write("Dockerfile", "FROM longshore.local/busybox\n\nRUN echo before; exit 7\n");

        assertThatThrownBy(() -> build(BuildRequest.tagged("app")))
                .isInstanceOfSatisfying(
                        DockerfileException.class,
                        failed -> assertThat(failed.exitCode()).isEqualTo(7))
                .hasMessage("Dockerfile:3: The command '/bin/sh -c echo before; exit 7' returned a non-zero code: 7");
        assertThat(said).contains("before\n");
        assertThat(images.images().find("app")).isEmpty();
        assertThat(images.layout()
                        .root()
                        .resolve("staging")
                        .resolve(images.layout().bootId()))
                .isEmptyDirectory();
    }

    @Test
    void aTypoIsFoundBeforeAnythingRuns() throws Exception {
        write("Dockerfile", "FROM longshore.local/busybox\nRUN echo ran\nRUNN echo x\n");

        assertThatThrownBy(() -> build(BuildRequest.tagged("app")))
                .hasMessage("Dockerfile:3: unknown instruction: RUNN (did you mean RUN?)");
        assertThat(oneShot.runs).isZero();
    }

    @Test
    void stagesHandOverFiles() throws Exception {
        write("Dockerfile", """
                FROM longshore.local/busybox AS build
                RUN mkdir /out && echo made > /out/app && chmod 700 /out/app && ln -s app /out/link
                FROM scratch AS empty
                COPY --from=build /out /bin
                FROM longshore.local/busybox
                COPY --from=0 --chown=www-data --chmod=750 /out/app /usr/bin/app
                COPY --from=empty /bin/link /
                """);

        build(BuildRequest.tagged("app"));

        MergedTree tree = tree("app");
        Path app = tree.find("/usr/bin/app").orElseThrow();
        assertThat(Files.readString(app)).isEqualTo("made\n");
        assertThat(Files.readAttributes(app, "unix:uid,gid,mode"))
                .containsEntry("uid", 33)
                .containsEntry("gid", 33)
                .containsEntry("mode", 0100750);
        assertThat(tree.find("/link").map(Files::isSymbolicLink)).isNotEmpty();
    }

    @Test
    void theBuildStopsAtItsTarget() throws Exception {
        write("Dockerfile", "FROM scratch AS one\nLABEL a=b\nFROM scratch\nRUN impossible\n");

        Built built = build(BuildRequest.tagged()
                .with(Wishes.NONE.withLabels(Map.of("c", "it's")).withTarget("one")));

        assertThat(images.images().byId(built.id()).orElseThrow().config().run().labels())
                .containsExactlyInAnyOrderEntriesOf(Map.of("a", "b", "c", "it's"));
    }

    @Test
    void whatIsIgnoredIsNotCopiedAndDoesNotCount() throws Exception {
        write(".dockerignore", "*.log\nsecret\n!keep.log\n**/deep\n");
        write("a.log", "1");
        write("keep.log", "2");
        write("secret/key", "3");
        write("x/y/deep/file", "4");
        write("x/y/shallow", "5");
        write("Dockerfile", "FROM scratch\nCOPY . /all/\n");
        Built built = build(BuildRequest.tagged("app"));

        assertThat(tree("app").list("/all")).containsKeys("keep.log", "x").doesNotContainKeys("a.log");
        assertThat(tree("app").find("/all/secret/key")).isEmpty();
        assertThat(tree("app").find("/all/x/y/deep/file")).isEmpty();
        assertThat(tree("app").find("/all/x/y/shallow")).isPresent();

        write("a.log", "changed");
        assertThat(build(BuildRequest.tagged("app")).id()).isEqualTo(built.id());
    }

    @Test
    void argumentsReachCommandsAndTheCacheKnowsThem() throws Exception {
        write("Dockerfile", "FROM longshore.local/busybox\nARG WHO=nobody\nRUN echo $WHO > /who\n");

        build(BuildRequest.tagged("app"));
        assertThat(content("app", "/who")).isEqualTo("nobody\n");

        build(BuildRequest.tagged("app").with(Wishes.NONE.withArgument("WHO", "me")));
        assertThat(content("app", "/who")).isEqualTo("me\n");
    }

    @Test
    void documentsAndArchivesAndTriggersWork() throws Exception {
        Files.createDirectories(root.resolve("pack/in"));
        Files.writeString(root.resolve("pack/in/file"), "packed");
        command(
                "tar",
                "-C",
                root.resolve("pack").toString(),
                "-czf",
                context.resolve("a.tgz").toString(),
                "in");
        write("Dockerfile", """
                FROM longshore.local/busybox
                RUN <<EOF
                echo one > /one
                echo two > /two
                EOF
                COPY <<config /etc/app.conf
                path=$PATH
                config
                ADD a.tgz /unpacked/
                COPY a.tgz /plain/
                ONBUILD RUN echo triggered > /triggered
                """);
        build(BuildRequest.tagged("base:1"));
        write("Dockerfile", "FROM base:1\nLABEL x=y\n");

        build(BuildRequest.tagged("child"));

        assertThat(content("child", "/two")).isEqualTo("two\n");
        assertThat(content("child", "/etc/app.conf")).startsWith("path=/usr/local/sbin:");
        assertThat(content("child", "/unpacked/in/file")).isEqualTo("packed");
        assertThat(tree("child").find("/plain/a.tgz")).isPresent();
        assertThat(content("child", "/triggered")).isEqualTo("triggered\n");
        assertThat(images.images().get("child").config().run().onBuild()).isEmpty();
    }

    @Test
    void deletingAndReplacingShowInTheImage() throws Exception {
        write("Dockerfile", """
                FROM longshore.local/busybox
                RUN mkdir /d && echo 1 > /d/a && echo 2 > /d/b
                RUN rm /d/a && rm -rf /home && mkdir /home && echo n > /home/new
                """);

        build(BuildRequest.tagged("app"));

        assertThat(tree("app").list("/d")).containsOnlyKeys("b");
        assertThat(tree("app").list("/home")).containsOnlyKeys("new");
    }

    @Test
    void aCancelledBuildLeavesNothing() throws Exception {
        write("Dockerfile", "FROM longshore.local/busybox\nRUN echo started\n");
        var started = new CountDownLatch(1);
        OneShot endless = (step, out, err) -> {
            started.countDown();
            new CountDownLatch(1).await();
            return 0;
        };
        builder = builder(endless);
        var outcome = new java.util.concurrent.CompletableFuture<Throwable>();
        Thread building = Thread.ofVirtual().start(() -> {
            try {
                build(BuildRequest.tagged("app"));
                outcome.complete(null);
            } catch (Throwable failure) {
                outcome.complete(failure);
            }
        });
        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();

        building.interrupt();

        assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(images.layout()
                        .root()
                        .resolve("staging")
                        .resolve(images.layout().bootId()))
                .isEmptyDirectory();
        assertThat(images.images().find("app")).isEmpty();
    }

    @Test
    void linksInTheContextDoNotReachTheHost() throws Exception {
        Path secret = Files.writeString(root.resolve("secret"), "secret");
        Files.createSymbolicLink(context.resolve("link"), secret);
        Files.createSymbolicLink(context.resolve("up"), Path.of("../secret"));
        write("Dockerfile", "FROM scratch\nCOPY link /\n");
        assertThatThrownBy(() -> build(BuildRequest.tagged("app"))).hasMessageContaining("file not found");

        write("Dockerfile", "FROM scratch\nCOPY ../secret /\n");
        assertThatThrownBy(() -> build(BuildRequest.tagged("app"))).hasMessageContaining("file not found");
    }

    private Builder builder(OneShot runs) throws IOException {
        var made = new Builder(images, runs, BaseSource.localOnly(), Time.system());
        made.start();
        return made;
    }

    private Built build(BuildRequest request) throws Exception {
        return builder.build(request, context, new ClassicOutput(said::append));
    }

    private static void command(String... arguments) throws Exception {
        assertThat(new ProcessBuilder(arguments).inheritIO().start().waitFor()).isZero();
    }

    private void write(String name, String text) throws IOException {
        Path file = context.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private MergedTree tree(String name) throws Exception {
        Image image = images.images().get(name);
        return images.layers().merged(images.layers().directories(image.manifest(), image.config()));
    }

    private String content(String name, String path) throws Exception {
        return Files.readString(tree(name).find(path).orElseThrow());
    }
}
