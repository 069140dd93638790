package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What this engine lacks is answered as an engine does that lacks it, so that clients say something sensible.
class WhatIsNotHereTest extends WithEngine {

    @ParameterizedTest
    @CsvSource({
        "/swarm, 503, This node is not a swarm manager.",
        "/services, 503, This node is not a swarm manager.",
        "/nodes/x, 503, This node is not a swarm manager.",
        "/plugins/foo/json, 404, plugin \"foo\" not found",
        "/plugins/privileges?remote=foo, 501, plugins are not supported here",
        "/containers/web/checkpoints, 501, This experimental feature is disabled by default.",
        "/nowhere, 404, page not found"
    })
    void isToldToWhoReads(String path, int status, String words) {
        var answer = engine.get(path);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.message()).startsWith(words);
    }

    @ParameterizedTest
    @CsvSource({
        "/swarm/init, 501, swarm mode is not supported here",
        "/swarm/leave, 503, This node is not part of a swarm",
        "/services/create, 503, This node is not a swarm manager.",
        "/plugins/foo/enable, 404, plugin \"foo\" not found",
        "/session, 501, BuildKit sessions are not served here",
        "/grpc, 501, BuildKit sessions are not served here"
    })
    void isToldToWhoWrites(String path, int status, String words) {
        var answer = engine.post(path);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.message()).startsWith(words);
    }

    @Test
    void thereAreNoPlugins() {
        assertThat(engine.get("/plugins").body().toString()).isEqualTo("[]");
    }

    @Test
    void anEngineHasOneIdForGood() throws Exception {
        String id = engine.get("/info").body().path("ID").asString();
        engine.restart();

        assertThat(engine.get("/info").body().path("ID").asString())
                .isEqualTo(id)
                .hasSize(36);
    }

    @Test
    void volumesWithNamesArePrunedOnlyOnRequestSinceVersion42() {
        engine.post("/volumes/create", "{'Name':'kept'}");
        engine.post("/volumes/create", "{}");

        assertThat(engine.post("/volumes/prune").body().path("VolumesDeleted")).hasSize(1);
        assertThat(engine.at(41)
                        .post("/volumes/prune")
                        .body()
                        .path("VolumesDeleted")
                        .toString())
                .isEqualTo("[\"kept\"]");
    }

    @Test
    void namesOfContainersStandApartFromAliasesSinceVersion45() {
        engine.post("/networks/create", "{'Name':'front'}");
        String id = engine.run("web", ",'HostConfig':{'NetworkMode':'front'}");
        String path = "/NetworkSettings/Networks/front/Aliases";

        assertThat(engine.inspect("web").at(path).isNull()).isTrue();
        assertThat(engine.at(44).inspect("web").at(path).toString()).isEqualTo("[\"" + id.substring(0, 12) + "\"]");
    }
}
