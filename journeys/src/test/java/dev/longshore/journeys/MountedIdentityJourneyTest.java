package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What real containers find of their ServiceAccount, and who they are by it: the files, a client that knows nothing
/// else, the issuer's documents. All pods begin together.
@Order(19)
@ExtendWith(SharedCluster.class)
@Tag(ContainerJourneys.TAG)
class MountedIdentityJourneyTest {

    private static final String NAMESPACE = "mounted";
    private static final String USER = "system:serviceaccount:" + NAMESPACE + ":reader";
    private static final String HERE = "/var/run/secrets/kubernetes.io/serviceaccount/";

    /// Accounts and pods, each of which says yes, no, or nothing.
    private static final Map<String, String> SAYINGS = Map.of(
            "nothing", "", "yes", "automountServiceAccountToken: true", "no", "automountServiceAccountToken: false");

    private static final String ACCOUNT = """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: says-%s}
            %s
            ---
            """;

    private static final String MOUNTER = """
            apiVersion: v1
            kind: Pod
            metadata: {name: mounter-%1$s-%2$s}
            spec:
              serviceAccountName: says-%1$s
              %3$s
              restartPolicy: Never
              containers:
              - {name: main, BUSYBOX, command: [sh, -c, "ls /var/run/secrets/kubernetes.io/serviceaccount 2>/dev/null || echo none"]}
            ---
            """;

    /// Does what any client of OpenID Connect would: from the issuer in the token to the key that signed it.
    private static final String VERIFY = """
            import base64, hashlib, json, ssl, urllib.request

            HERE = '/var/run/secrets/kubernetes.io/serviceaccount/'
            # Of PKCS#1: what is signed is a digest of SHA-256.
            PREFIX = bytes.fromhex('3031300d060960864801650304020105000420')
            token = open(HERE + 'token').read()
            context = ssl.create_default_context(cafile=HERE + 'ca.crt')

            def get(url):
                request = urllib.request.Request(url, headers={'Authorization': 'Bearer ' + token})
                return json.load(urllib.request.urlopen(request, context=context, timeout=10))

            def decoded(text):
                return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))

            def number(text):
                return int.from_bytes(decoded(text), 'big')

            def is_signed(text, signature, key):
                n = number(key['n'])
                size = (n.bit_length() + 7) // 8
                block = pow(number(signature), number(key['e']), n).to_bytes(size, 'big')
                end = b'\\x00' + PREFIX + hashlib.sha256(text.encode()).digest()
                return block == b'\\x00\\x01' + b'\\xff' * (size - 2 - len(end)) + end

            head, body, signature = token.split('.')
            issuer = json.loads(decoded(body))['iss']
            about = get(issuer + '/.well-known/openid-configuration')
            keys = {key['kid']: key for key in get(about['jwks_uri'])['keys']}
            key = keys[json.loads(decoded(head))['kid']]
            print('issuer', about['issuer'] == issuer, 'alg', key['alg'])
            print('signed', is_signed(head + '.' + body, signature, key), 'forged', is_signed(head + '.x', signature, key))
            """;

    private static final String CLIENTS = """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: reader}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: reader}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
            subjects: [{kind: ServiceAccount, name: reader, namespace: mounted}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: client}
            spec:
              terminationGracePeriodSeconds: 0
              serviceAccountName: reader
              containers:
              - name: main
                image: longshore.local/python
                imagePullPolicy: IfNotPresent
                command: [sleep, '100000']
                volumeMounts:
                - {name: kubectl, mountPath: /usr/local/bin/kubectl}
                - {name: app, mountPath: /app}
                - {name: vault, mountPath: /vault}
              volumes:
              - {name: kubectl, hostPath: {path: KUBECTL, type: File}}
              - {name: app, configMap: {name: verify}}
              - name: vault
                projected:
                  sources:
                  - {serviceAccountToken: {audience: vault, expirationSeconds: 600, path: token}}
                  - {serviceAccountToken: {path: usual}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: leaver}
            spec:
              terminationGracePeriodSeconds: 0
              serviceAccountName: reader
              containers: [{name: main, BUSYBOX, command: [sleep, '100000']}]
            ---
            """;

    private static LivePods pods;

    @BeforeAll
    static void begin(RunningCluster cluster) throws java.io.IOException {
        PythonPods.prepare(cluster);
        Path kubectl = Path.of(cluster.shell().kubectls().getLast());
        String program = (kubectl.isAbsolute() ? kubectl : Path.of("/usr/bin").resolve(kubectl))
                .toRealPath()
                .toString();
        pods = new LivePods(cluster, NAMESPACE);
        var accounts = new StringBuilder();
        var mounters = new StringBuilder();
        SAYINGS.forEach((account, saying) -> {
            accounts.append(ACCOUNT.formatted(account, saying));
            SAYINGS.forEach((pod, its) -> mounters.append(MOUNTER.formatted(account, pod, its)));
        });
        pods.create(accounts + PythonPods.script("verify", VERIFY) + "---\n" + CLIENTS.replace("KUBECTL", program)
                + mounters);
    }

    @AfterAll
    static void end() {
        pods.close();
    }

    /// What the pod says wins; else what the account says; else it is mounted.
    @ParameterizedTest
    @CsvSource({
        "nothing, nothing, true", "nothing, yes, true", "nothing, no, false",
        "yes, nothing, true", "yes, yes, true", "yes, no, false",
        "no, nothing, false", "no, yes, true", "no, no, false"
    })
    void aTokenIsMountedAsPodAndAccountSay(String account, String pod, boolean isMounted) {
        String name = "mounter-%s-%s".formatted(account, pod);
        pods.awaitPhase(name, "Succeeded");

        assertThat(pods.log(name, "main")).isEqualTo(isMounted ? "ca.crt\nnamespace\ntoken\n" : "none\n");
    }

    @Test
    void theFilesAreTheTokenTheRootCertificateAndTheNamespace() {
        var pod = pods.awaitReady("client");

        assertThat(read("client", HERE + "namespace")).isEqualTo(NAMESPACE);
        assertThat(read("client", HERE + "ca.crt"))
                .isEqualTo(pods.client()
                        .configMaps()
                        .inNamespace(NAMESPACE)
                        .withName("kube-root-ca.crt")
                        .require()
                        .getData()
                        .get("ca.crt"));
        TokenReviewStatus told = review(read("client", HERE + "token"));
        assertThat(told.getAuthenticated()).isTrue();
        assertThat(told.getUser().getUsername()).isEqualTo(USER);
        assertThat(told.getUser().getGroups())
                .containsExactly(
                        "system:serviceaccounts", "system:serviceaccounts:" + NAMESPACE, "system:authenticated");
        assertThat(told.getUser().getExtra())
                .containsEntry("authentication.kubernetes.io/pod-name", List.of("client"))
                .containsEntry(
                        "authentication.kubernetes.io/pod-uid",
                        List.of(pod.getMetadata().getUid()))
                .containsEntry(
                        "authentication.kubernetes.io/node-name",
                        List.of(pod.getSpec().getNodeName()));
    }

    @Test
    void aClientInThePodNeedsNothingElse() {
        pods.awaitReady("client");

        assertThat(pods.exec("client", "main", "kubectl get pods -o name")).contains("pod/client\n");
        assertThat(pods.exec("client", "main", "kubectl get nodes"))
                .contains(
                        "User \"" + USER + "\" cannot list resource \"nodes\" in API group \"\" at the cluster scope");
        assertThat(pods.exec("client", "main", "kubectl auth whoami -o jsonpath={.status.userInfo.username}"))
                .isEqualTo(USER);
    }

    @Test
    void theIssuerIsFoundAndItsKeysVerifyTheTokenFromWithinThePod() {
        pods.awaitReady("client");

        eventually(
                PATIENCE,
                () -> assertThat(pods.exec("client", "main", "python3 /app/main.py"))
                        .isEqualTo("issuer True alg RS256\nsigned True forged False\n"));
    }

    @Test
    void aProjectedTokenIsForItsAudienceAndForAsLongAsItSays() {
        pods.awaitReady("client");
        String token = read("client", "/vault/token");
        JsonNode claims =
                Json.parse(new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8));

        assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(600);
        assertThat(claims.path("aud").valueStream().map(JsonNode::asString)).containsExactly("vault");
        TokenReviewStatus told = review(token, "vault", "other");
        assertThat(told.getAuthenticated()).isTrue();
        assertThat(told.getAudiences()).containsExactly("vault");
        TokenReviewStatus usual = review(token);
        assertThat(usual.getAuthenticated()).isNotEqualTo(Boolean.TRUE);
        assertThat(usual.getError()).contains("token audiences [\"vault\"] is invalid for the target audiences");
        assertThat(review(read("client", "/vault/usual")).getAuthenticated()).isTrue();
    }

    @Test
    void aTokenEndsWithItsPod() {
        pods.awaitReady("leaver");
        String token = read("leaver", HERE + "token");
        assertThat(review(token).getAuthenticated()).isTrue();

        pods.resource("leaver").delete();

        eventually(PATIENCE, () -> assertThat(review(token).getAuthenticated()).isNotEqualTo(Boolean.TRUE));
    }

    private static String read(String pod, String file) {
        return pods.exec(pod, "main", "cat " + file);
    }

    private static TokenReviewStatus review(String token, String... audiences) {
        TokenReview review = new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token)
                .withAudiences(audiences)
                .endSpec()
                .build();
        return pods.client().resource(review).create().getStatus();
    }
}
