package dev.longshore.client;

import dev.longshore.http.Handler;
import dev.longshore.model.UserInfo;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/// Makes fabric8 clients. Close what it makes.
public final class Clients {

    private static final String IN_PROCESS = "http://in-process";
    private static final int NO_RETRY = 0;

    private Clients() {}

    /// A client that calls `server` within this process, through its whole request chain but for the socket, as
    /// `user`.
    public static KubernetesClient inProcess(Handler server, UserInfo user) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(IN_PROCESS)
                .withRequestRetryBackoffLimit(NO_RETRY)
                .withUserAgent(program(user.name()) + "/v1.36.0 (longshore) " + user.name())
                .build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new InProcessTransport.Factory(server, user, new ClientCalls()))
                .withTaskExecutor(
                        task -> Thread.ofVirtual().name("client-" + user.name()).start(task))
                .build();
    }

    /// The program that a part of the control plane is elsewhere, by which the fields that it writes are known.
    private static String program(String user) {
        if (user.startsWith("system:node:")) {
            return "kubelet";
        }
        if (user.startsWith("system:serviceaccount:kube-system:")) {
            return "kube-controller-manager";
        }
        return user.substring(user.lastIndexOf(':') + 1);
    }

    /// A client that calls `server` over TLS with a client certificate, all given in PEM.
    public static KubernetesClient overTls(URI server, String authority, String certificate, String key) {
        return overTls(new ConfigBuilder(Config.empty())
                .withMasterUrl(server.toString())
                .withCaCertData(authority)
                .withClientCertData(certificate)
                .withClientKeyData(key)
                .withClientKeyAlgo(algorithm(key))
                .build());
    }

    /// fabric8 wants to be told.
    private static String algorithm(String key) {
        byte[] der = Base64.getMimeDecoder().decode(key.replaceAll("-----[A-Z ]+-----", ""));
        try {
            KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
            return "RSA";
        } catch (GeneralSecurityException notRsa) {
            return "EC";
        }
    }

    /// A client that calls `server` over TLS with a bearer token.
    public static KubernetesClient overTls(URI server, String authority, String token) {
        return overTls(new ConfigBuilder(Config.empty())
                .withMasterUrl(server.toString())
                .withCaCertData(authority)
                .withOauthToken(token)
                .build());
    }

    private static KubernetesClient overTls(Config config) {
        // Asked for a WebSocket, a server that streams would hold the JDK's handshake up for as long as it streams.
        config.setOnlyHttpWatches(true);
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .withTaskExecutor(task -> Thread.ofVirtual().name("client-tls").start(task))
                .build();
    }
}
