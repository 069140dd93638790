package dev.longshore.guests.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.time.Duration;

/// docker-java, as its documentation says to set it up.
final class Clients {

    static final String BASE = "longshore.local/busybox";
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private Clients() {}

    /// Over `httpclient5` or `zerodep`.
    static DockerClient over(String transport, RunningEngine.Engine engine) {
        var config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(engine.host())
                .withDockerTlsVerify(false)
                .build();
        DockerHttpClient http =
                switch (transport) {
                    case "httpclient5" ->
                        new ApacheDockerHttpClient.Builder()
                                .dockerHost(config.getDockerHost())
                                .responseTimeout(PATIENCE)
                                .build();
                    case "zerodep" ->
                        new ZerodepDockerHttpClient.Builder()
                                .dockerHost(config.getDockerHost())
                                .responseTimeout(PATIENCE)
                                .build();
                    default -> throw new IllegalArgumentException(transport);
                };
        return DockerClientImpl.getInstance(config, http);
    }
}
