package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ContainerLifeTest extends WithEngine {

    private void eventually(String name, String status) {
        await().untilAsserted(() -> assertThat(engine.status(name)).isEqualTo(status));
    }

    @Test
    void goesFromCreatedToRunningToExited() {
        engine.create("web", "");
        assertThat(engine.status("web")).isEqualTo("created");

        assertThat(engine.post("/containers/web/start").status()).isEqualTo(204);
        assertThat(engine.status("web")).isEqualTo("running");
        assertThat(engine.post("/containers/web/start").status()).isEqualTo(304);

        assertThat(engine.post("/containers/web/stop?t=5").status()).isEqualTo(204);
        assertThat(engine.inspect("web").path("State").path("ExitCode").asInt()).isEqualTo(143);
        assertThat(engine.post("/containers/web/stop").status()).isEqualTo(304);
    }

    @Test
    void takesFromTheImageWhatTheRequestDoesNotSay() {
        engine.create("web", ",'Env':['OWN=1'],'Labels':{'mine':'yes'}");

        var config = engine.inspect("web").path("Config");

        assertThat(config.path("Cmd").toString()).isEqualTo("[\"serve\"]");
        assertThat(config.path("Env").toString()).isEqualTo("[\"OWN=1\",\"FROM=image\"]");
        assertThat(config.path("WorkingDir").asString()).isEqualTo("/srv");
        assertThat(config.path("Labels").toString()).contains("\"mine\":\"yes\"", "\"made\":\"here\"");
    }

    @Test
    void anEntrypointOfItsOwnDropsTheImagesCommand() {
        engine.create("web", ",'Entrypoint':['run']");

        var config = engine.inspect("web");

        assertThat(config.path("Path").asString()).isEqualTo("run");
        assertThat(config.path("Args")).isEmpty();
    }

    @Test
    void saysWhoHasTheName() {
        String id = engine.create("web", "");

        var refused = engine.post("/containers/create?name=web", "{'Image':'app'}");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.message())
                .isEqualTo("Conflict. The container name \"/web\" is already in use by container \"" + id
                        + "\". You have to remove (or rename) that container to be able to reuse that name.");
    }

    @Test
    void whatCannotBeCreatedLeavesNothingBehind() {
        assertThat(engine.post("/containers/create?name=web", "{'Image':'nosuch'}")
                        .message())
                .isEqualTo("No such image: nosuch:latest");
        assertThat(engine.post("/containers/create?name=web", "{'Image':'app','HostConfig':{'Memory':1000}}")
                        .message())
                .isEqualTo("Minimum memory limit allowed is 6MB");
        assertThat(engine.post("/containers/create?name=web", "{'Image':'app','WorkingDir':'rel'}")
                        .status())
                .isEqualTo(400);

        engine.create("web", "");
        assertThat(engine.images.holds().holders()).hasSize(1);
    }

    @Test
    void refusesToRemoveWhatRunsUnlessForced() {
        engine.run("web", "");

        var refused = engine.delete("/containers/web");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.message())
                .isEqualTo("cannot remove container \"web\": container is running: stop the container before removing"
                        + " or force remove");
        assertThat(engine.delete("/containers/web?force=1").status()).isEqualTo(204);
        assertThat(engine.get("/containers/web/json").message()).isEqualTo("No such container: web");
        assertThat(engine.images.holds().holders()).isEmpty();
        assertThat(engine.runtime.sandboxes().list()).isEmpty();
    }

    @Test
    void killsOnlyWhatRuns() {
        String id = engine.create("web", "");
        assertThat(engine.post("/containers/web/kill").message())
                .isEqualTo("cannot kill container: web: container " + id + " is not running");
        engine.post("/containers/web/start");

        assertThat(engine.post("/containers/web/kill?signal=NOSUCH").status()).isEqualTo(400);
        assertThat(engine.post("/containers/web/kill").status()).isEqualTo(204);

        assertThat(engine.inspect("web").path("State").path("ExitCode").asInt()).isEqualTo(137);
    }

    @Test
    void restartsWithGrowingPausesUntilThePolicyIsExhausted() {
        engine.run("web", ",'HostConfig':{'RestartPolicy':{'Name':'on-failure','MaximumRetryCount':2}}");
        engine.crash("web", 1);
        eventually("web", "restarting");
        engine.time.advance(Duration.ofMillis(99));
        assertThat(engine.status("web")).isEqualTo("restarting");
        engine.time.advance(Duration.ofMillis(1));
        eventually("web", "running");
        engine.crash("web", 1);
        eventually("web", "restarting");
        engine.time.advance(Duration.ofMillis(199));
        assertThat(engine.status("web")).isEqualTo("restarting");
        engine.time.advance(Duration.ofMillis(1));
        eventually("web", "running");

        engine.crash("web", 3);

        eventually("web", "exited");
        assertThat(engine.inspect("web").path("RestartCount").asInt()).isEqualTo(2);
    }

    @Test
    void whatAPersonStopsStaysStopped() throws Exception {
        engine.run("web", ",'HostConfig':{'RestartPolicy':{'Name':'unless-stopped'}}");
        engine.post("/containers/web/stop");
        assertThat(engine.status("web")).isEqualTo("exited");

        engine.restart();

        assertThat(engine.status("web")).isEqualTo("exited");
    }

    @Test
    void stoppingEndsTheWaitForTheNextStart() {
        engine.run("web", ",'HostConfig':{'RestartPolicy':{'Name':'always'}}");
        engine.crash("web", 1);
        eventually("web", "restarting");

        assertThat(engine.post("/containers/web/stop").status()).isEqualTo(204);

        engine.time.advance(Duration.ofHours(1));
        assertThat(engine.status("web")).isEqualTo("exited");
    }

    @Test
    void removesItselfWhenItEndsAndTellsWhoWaits() throws Exception {
        engine.run("job", ",'HostConfig':{'AutoRemove':true}");
        var waited = new EngineFixture.Answer[1];
        Thread waiter =
                Thread.ofVirtual().start(() -> waited[0] = engine.post("/containers/job/wait?condition=removed"));

        engine.crash("job", 5);
        waiter.join(Duration.ofSeconds(20));

        assertThat(waited[0].body().path("StatusCode").asInt()).isEqualTo(5);
        assertThat(engine.get("/containers/job/json").status()).isEqualTo(404);
    }

    @Test
    void isTakenOverByTheNextEngineWithoutARestart() throws Exception {
        String id = engine.run("web", ",'HostConfig':{'PortBindings':{'80/tcp':[{'HostPort':'0'}]}}");
        var before = engine.inspect("web");

        engine.restart();

        var after = engine.inspect("web");
        assertThat(after.path("Id").asString()).isEqualTo(id);
        assertThat(after.path("State")).isEqualTo(before.path("State"));
        assertThat(after.path("NetworkSettings")).isEqualTo(before.path("NetworkSettings"));
        assertThat(engine.bridges.published).hasSize(1);
        engine.crash("web", 4);
        eventually("web", "exited");
    }

    @Test
    void hearsAfterwardsOfWhatEndedWhileNoEngineWasThere() throws Exception {
        engine.run("web", "");
        engine.run("always", ",'HostConfig':{'RestartPolicy':{'Name':'always'}}");
        var ids = engine.runtime.containers().list();
        engine.close();
        var again = new EngineFixture(root);
        try {
            assertThat(ids).hasSize(2);
            assertThat(again.status("web")).isEqualTo("exited");
            assertThat(again.inspect("web").path("State").path("ExitCode").asInt())
                    .isEqualTo(255);
            await().untilAsserted(() -> assertThat(again.status("always")).isEqualTo("running"));
        } finally {
            again.close();
        }
        engine = new EngineFixture(root);
    }

    @Test
    void pausesAndGoesOn() {
        String id = engine.run("web", "");

        assertThat(engine.post("/containers/web/pause").status()).isEqualTo(204);
        assertThat(engine.status("web")).isEqualTo("paused");
        assertThat(engine.post("/containers/web/pause").message()).isEqualTo("container " + id + " is already paused");
        assertThat(engine.post("/containers/web/start").message())
                .isEqualTo("cannot start a paused container, try unpause instead");
        assertThat(engine.post("/containers/web/unpause").status()).isEqualTo(204);
        assertThat(engine.status("web")).isEqualTo("running");
    }

    @Test
    void listsWhatFiltersAskFor() {
        engine.run("web", ",'Labels':{'tier':'front'}");
        engine.create("db", ",'Labels':{'tier':'back'}");

        assertThat(names("")).containsExactly("/web");
        assertThat(names("?all=1")).containsExactlyInAnyOrder("/db", "/web");
        assertThat(names("?filters=%7B%22label%22%3A%5B%22tier%3Dback%22%5D%7D&all=1"))
                .containsExactly("/db");
        assertThat(names("?filters=%7B%22status%22%3A%5B%22created%22%5D%7D")).containsExactly("/db");
        assertThat(engine.get("/containers/json?filters=%7B%22nosuch%22%3A%5B%22x%22%5D%7D")
                        .message())
                .isEqualTo("invalid filter 'nosuch'");
    }

    private java.util.List<String> names(String query) {
        var names = new java.util.ArrayList<String>();
        engine.get("/containers/json" + query)
                .body()
                .forEach(container -> names.add(container.path("Names").path(0).asString()));
        return names;
    }

    @Test
    void prunesWhatDoesNotRun() {
        engine.run("web", "");
        String id = engine.create("old", "");

        var pruned = engine.post("/containers/prune");

        assertThat(pruned.body().path("ContainersDeleted").toString()).isEqualTo("[\"" + id + "\"]");
        assertThat(names("?all=1")).containsExactly("/web");
    }

    @Test
    void healthIsWhatItWasAfterARestartOfTheProgramAndGoneWithTheContainer() throws Exception {
        engine.run("web", ",'Healthcheck':{'Test':['CMD','check'],'Interval':1000000000}");
        await().untilAsserted(() -> {
            engine.time.advance(java.time.Duration.ofSeconds(1));
            assertThat(engine.inspect("web").at("/State/Health/Status").asString())
                    .isEqualTo("healthy");
        });

        engine.restart();

        assertThat(engine.inspect("web").at("/State/Health/Status").asString()).isEqualTo("healthy");
        assertThat(engine.inspect("web").at("/State/Health/Log")).isNotEmpty();
        engine.post("/containers/web/stop");
        assertThat(engine.inspect("web").at("/State/Health/Status").asString()).isEqualTo("unhealthy");
    }
}
