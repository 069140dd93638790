package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.server.pki.CertificateAuthority;
import dev.longshore.server.pki.CertificateRequest;
import dev.longshore.server.pki.Identity;
import dev.longshore.server.pki.Pem;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// Webhooks for admission and conversion whose server is a pod of the cluster, behind a Service: a program of forty
/// lines as people write them, and `kubectl`.
@Order(21)
@ExtendWith(SharedCluster.class)
@Tag(ContainerJourneys.TAG)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WebhookServiceJourneyTest {

    private static final String SERVER = """
            import base64, http.server, json, ssl

            def mutate(request):
                told = {'hooked-by': request['userInfo']['username']}
                patch = [{'op': 'add', 'path': '/metadata/annotations', 'value': told}]
                if request['kind']['kind'] == 'Pod':
                    first = dict(request['object']['spec']['containers'][0], name='added', command=['echo', 'added'])
                    patch.append({'op': 'add', 'path': '/spec/initContainers', 'value': [{k: first[k] for k in ('name', 'image', 'command')}]})
                text = json.dumps(patch).encode()
                return {'allowed': True, 'patchType': 'JSONPatch', 'patch': base64.b64encode(text).decode()}

            def validate(request):
                if request['operation'] == 'CONNECT':
                    return {'allowed': False, 'status': {'message': 'nobody attaches here'}}
                seen = request['object']['metadata'].get('annotations', {}).get('hooked-by')
                if 'forbidden' in request['object'].get('data', {}):
                    return {'allowed': False, 'status': {'message': 'no forbidden things of ' + seen}}
                return {'allowed': True, 'warnings': ['looked at it']}

            def convert(request):
                for shelf in request['objects']:
                    shelf['apiVersion'] = request['desiredAPIVersion']
                    spec = shelf['spec']
                    if request['desiredAPIVersion'].endswith('/v2'):
                        spec['titles'] = ','.join(spec.pop('books'))
                    else:
                        spec['books'] = spec.pop('titles').split(',')
                return {'convertedObjects': request['objects'], 'result': {'status': 'Success'}}

            ANSWERS = {'/mutate': mutate, '/validate': validate, '/convert': convert}

            class Hook(http.server.BaseHTTPRequestHandler):
                protocol_version = 'HTTP/1.1'

                def do_POST(self):
                    review = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
                    request = review.pop('request')
                    answer = ANSWERS[self.path.split('?')[0]](request)
                    body = json.dumps(dict(review, response=dict(answer, uid=request['uid']))).encode()
                    self.send_response(200)
                    self.send_header('Content-Type', 'application/json')
                    self.send_header('Content-Length', str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain('/tls/tls.crt', '/tls/tls.key')
            server = http.server.ThreadingHTTPServer(('', 8443), Hook)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.serve_forever()
            """;

    private static final String DEPLOYMENT = """
            apiVersion: v1
            kind: Service
            metadata: {name: hooks}
            spec: {selector: {app: hooks}, ports: [{port: 443, targetPort: 8443}]}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: hooks}
            spec:
              selector: {matchLabels: {app: hooks}}
              template:
                metadata: {labels: {app: hooks}}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: main
                    image: longshore.local/python
                    imagePullPolicy: IfNotPresent
                    command: [python3, /app/main.py]
                    readinessProbe: {tcpSocket: {port: 8443}, periodSeconds: 1}
                    volumeMounts: [{name: app, mountPath: /app}, {name: tls, mountPath: /tls}]
                  volumes:
                  - {name: app, configMap: {name: hooks}}
                  - {name: tls, secret: {secretName: hooks}}
            """;

    private static final String HOOKS = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingWebhookConfiguration
            metadata: {name: journey-hooks}
            webhooks:
            - name: mutate.hooks.example.com
              clientConfig: {service: {namespace: hooks, name: hooks, path: /mutate}, caBundle: CABUNDLE}
              rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps, pods]}]
              namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: hooked}}
              objectSelector: {matchExpressions: [{key: unhooked, operator: DoesNotExist}]}
              sideEffects: None
              timeoutSeconds: 5
              admissionReviewVersions: [v1]
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingWebhookConfiguration
            metadata: {name: journey-hooks}
            webhooks:
            - name: validate.hooks.example.com
              clientConfig: {service: {namespace: hooks, name: hooks, path: /validate}, caBundle: CABUNDLE}
              rules:
              - {apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [configmaps]}
              - {apiGroups: [""], apiVersions: [v1], operations: [CONNECT], resources: [pods/attach]}
              namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: hooked}}
              sideEffects: None
              timeoutSeconds: 5
              admissionReviewVersions: [v1]
            ---
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: shelves.hooks.example.com}
            spec:
              group: hooks.example.com
              scope: Namespaced
              names: {plural: shelves, singular: shelf, kind: Shelf, listKind: ShelfList}
              conversion:
                strategy: Webhook
                webhook:
                  conversionReviewVersions: [v1]
                  clientConfig: {service: {namespace: hooks, name: hooks, path: /convert}, caBundle: CABUNDLE}
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {books: {type: array, items: {type: string}}}}}}}
              - name: v2
                served: true
                storage: false
                schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {titles: {type: string}}}}}}
            """;

    private static final String SHELF = """
            apiVersion: hooks.example.com/v1
            kind: Shelf
            metadata: {name: one, namespace: hooked}
            spec: {books: [emma, dracula]}
            ---
            apiVersion: hooks.example.com/v2
            kind: Shelf
            metadata: {name: two, namespace: hooked}
            spec: {titles: "ulysses,walden"}
            """;

    private static LivePods server;
    private static LivePods hooked;

    @BeforeAll
    static void begin(RunningCluster cluster) {
        PythonPods.prepare(cluster);
        var authority = CertificateAuthority.create("hooks", Instant.now(), new SecureRandom());
        Identity identity = authority.issue(
                CertificateRequest.server("hooks.hooks.svc", List.of("hooks.hooks.svc")), Instant.now());
        server = new LivePods(cluster, "hooks");
        hooked = new LivePods(cluster, "hooked");
        server.create(PythonPods.script("hooks", SERVER) + "---\n"
                + """
                apiVersion: v1
                kind: Secret
                metadata: {name: hooks}
                type: kubernetes.io/tls
                data: {tls.crt: %s, tls.key: %s}
                ---
                """.formatted(base64(Pem.of(identity.chain())), base64(Pem.of(identity.key()))) + DEPLOYMENT);
        cluster.kubectl("-n", "hooks", "rollout", "status", "deployment/hooks", "--timeout=120s")
                .succeeded();
        cluster.apply(
                HOOKS.replace("CABUNDLE", base64(Pem.of(authority.identity().chain()))));
        // New configurations count a moment later.
        eventually(
                PATIENCE,
                () -> assertThat(in(cluster, "create", "configmap", "asked", "--dry-run=server", "--from-literal=a=b")
                                .err())
                        .contains("Warning: looked at it"));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(US_ASCII));
    }

    @AfterAll
    static void end(RunningCluster cluster) {
        cluster.kubectl("delete", "mutatingwebhookconfiguration,validatingwebhookconfiguration", "journey-hooks")
                .succeeded();
        cluster.kubectl("delete", "crd", "shelves.hooks.example.com", "--wait=false")
                .succeeded();
        hooked.close();
        server.close();
    }

    private static Ran in(RunningCluster cluster, String... arguments) {
        var all = new ArrayList<>(List.of("-n", "hooked"));
        all.addAll(List.of(arguments));
        return cluster.kubectl(all.toArray(String[]::new));
    }

    @Test
    @Order(1)
    void whatIsWrittenIsChangedAndLookedAt(RunningCluster cluster) {
        Ran made =
                in(cluster, "create", "configmap", "fine", "--from-literal=a=b").succeeded();

        assertThat(made.err()).contains("Warning: looked at it");
        assertThat(cluster.get("-n hooked configmap fine", "{.metadata.annotations.hooked-by}"))
                .isEqualTo("kubernetes-admin");
        assertThat(in(cluster, "create", "configmap", "bad", "--from-literal=forbidden=b")
                        .failed()
                        .err())
                .contains("admission webhook \"validate.hooks.example.com\" denied the request:"
                        + " no forbidden things of kubernetes-admin");
        assertThat(in(cluster, "patch", "configmap", "fine", "--type=merge", "-p", "{\"data\":{\"forbidden\":\"x\"}}")
                        .failed()
                        .err())
                .contains("denied the request: no forbidden things");
        cluster.kubectl("-n", "hooks", "create", "configmap", "elsewhere", "--from-literal=forbidden=b")
                .succeeded();
    }

    @Test
    @Order(2)
    void aPodGetsAnInitContainerThatRunsAndNobodyAttaches(RunningCluster cluster) {
        hooked.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: changed}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers: [{name: main, BUSYBOX, command: [sleep, '100000'], stdin: true}]
                """);

        var added = hooked.awaitReady("changed").getSpec().getInitContainers().getFirst();
        assertThat(added.getTerminationMessagePath()).as("a default of the API").isEqualTo("/dev/termination-log");
        assertThat(hooked.log("changed", "added")).isEqualTo("added\n");
        assertThat(in(cluster, "attach", "changed").failed().err())
                .contains("admission webhook \"validate.hooks.example.com\" denied the request: nobody attaches here");
    }

    @Test
    @Order(3)
    void objectsOfTwoVersionsAreReadInEither(RunningCluster cluster) {
        eventually(PATIENCE, () -> cluster.apply(SHELF));

        assertThat(cluster.get("-n hooked shelves.v2.hooks.example.com", "{.items[*].spec.titles}"))
                .isEqualTo("emma,dracula ulysses,walden");
        assertThat(cluster.get("-n hooked shelves.v1.hooks.example.com two", "{.spec.books}"))
                .isEqualTo("[\"ulysses\",\"walden\"]");
    }

    @Test
    @Order(4)
    void whileTheServerIsGoneNothingPassesUnlessItsFailureIsIgnored(RunningCluster cluster) {
        cluster.kubectl("-n", "hooks", "scale", "deployment/hooks", "--replicas=0")
                .succeeded();
        eventually(
                PATIENCE,
                () -> assertThat(server.client()
                                .pods()
                                .inNamespace("hooks")
                                .list()
                                .getItems())
                        .isEmpty());

        eventually(
                PATIENCE,
                () -> assertThat(in(cluster, "create", "configmap", "refused", "--from-literal=a=b")
                                .failed()
                                .err())
                        .contains("Internal error occurred: failed calling webhook \"mutate.hooks.example.com\":"
                                + " failed to call webhook: Post \"https://hooks.hooks.svc:443/mutate?timeout=5s\": "));
        assertThat(in(cluster, "get", "shelves.v2.hooks.example.com").failed().err())
                .contains("conversion webhook for hooks.example.com/v1, Kind=Shelf failed: Post"
                        + " \"https://hooks.hooks.svc:443/convert?timeout=30s\": ");
        for (String kind : List.of("mutating", "validating")) {
            cluster.kubectl(
                            "patch",
                            kind + "webhookconfiguration",
                            "journey-hooks",
                            "--type=json",
                            "-p",
                            "[{\"op\":\"replace\",\"path\":\"/webhooks/0/failurePolicy\",\"value\":\"Ignore\"}]")
                    .succeeded();
        }
        eventually(
                PATIENCE,
                () -> in(cluster, "create", "configmap", "ignored", "--from-literal=forbidden=b")
                        .succeeded());
        assertThat(cluster.get("-n hooked configmap ignored", "{.metadata.annotations}"))
                .isEmpty();
    }
}
