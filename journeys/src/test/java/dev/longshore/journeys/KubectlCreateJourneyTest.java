package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// `kubectl create` in all its forms, and what it says when that is refused.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(10)
record KubectlCreateJourneyTest(Kubectl anywhere) {

    @Test
    void everyGeneratorMakesItsObject() {
        Kubectl kubectl = anywhere.fresh("create");
        String suffix = kubectl.namespace();
        String[][] commands = {
            {"deployment web --image=nginx --replicas=2 --port=80", "deployment.apps/web"},
            {"configmap map --from-literal=a=b", "configmap/map"},
            {"secret generic pass --from-literal=u=p", "secret/pass"},
            {"secret docker-registry pull --docker-username=a --docker-password=b", "secret/pull"},
            {"service clusterip ip --tcp=80:8080", "service/ip"},
            {"service nodeport port --tcp=80", "service/port"},
            {"service loadbalancer balance --tcp=80", "service/balance"},
            {"service externalname out --external-name=example.com", "service/out"},
            {"job once --image=busybox -- true", "job.batch/once"},
            {"cronjob often --image=busybox --schedule=0_*_*_*_* -- true", "cronjob.batch/often"},
            {"job now --from=cronjob/often", "job.batch/now"},
            {"role reader --verb=get,list --resource=pods,deployments.apps", "role.rbac.authorization.k8s.io/reader"},
            {"rolebinding readers --role=reader --user=ann", "rolebinding.rbac.authorization.k8s.io/readers"},
            {
                "clusterrole all-" + suffix + " --verb=get --resource=nodes",
                "clusterrole.rbac.authorization.k8s.io/all-" + suffix
            },
            {
                "clusterrolebinding all-" + suffix + " --clusterrole=all-" + suffix + " --group=devs",
                "clusterrolebinding.rbac.authorization.k8s.io/all-" + suffix
            },
            {"quota limits --hard=pods=20,configmaps=30", "resourcequota/limits"},
            {"poddisruptionbudget calm --selector=app=web --min-available=1", "poddisruptionbudget.policy/calm"},
            {
                "priorityclass high-" + suffix + " --value=1000 --description=d",
                "priorityclass.scheduling.k8s.io/high-" + suffix
            },
            {"ingress front --rule=example.com/*=ip:80", "ingress.networking.k8s.io/front"},
            {"serviceaccount robot", "serviceaccount/robot"},
        };
        for (String[] command : commands) {
            String[] arguments = ("create " + command[0]).split(" ");
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = arguments[i].replace("0_*_*_*_*", "0 * * * *");
            }
            assertThat(kubectl.ok(arguments)).isEqualTo(command[1] + " created\n");
        }

        assertThat(kubectl.ok("create", "token", "robot").split("\\.")).hasSize(3);
        assertThat(kubectl.ok("create", "deployment", "dry", "--image=x", "--dry-run=server", "-o", "yaml"))
                .contains("progressDeadlineSeconds: 600", "uid: ");
        assertThat(kubectl.fails("get", "deployment", "dry"))
                .isEqualTo("Error from server (NotFound): deployments.apps \"dry\" not found\n");
        kubectl.ok("wait", "--for=condition=Available", "deployment/web", "--timeout=60s");
        assertThat(kubectl.ok("get", "all", "-o", "name").lines())
                .contains(
                        "deployment.apps/web", "service/ip", "job.batch/once", "job.batch/now", "cronjob.batch/often");
    }

    @Test
    void refusalsReadAsTheyDoElsewhere() {
        Kubectl kubectl = anywhere.fresh("refuse");
        kubectl.ok("create", "configmap", "twice");

        assertThat(kubectl.fails("create", "configmap", "twice"))
                .isEqualTo("error: failed to create configmap: configmaps \"twice\" already exists\n");
        assertThat(kubectl.runWith("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: twice}\n", "create", "-f", "-")
                        .failed()
                        .err())
                .isEqualTo("Error from server (AlreadyExists): error when creating \"STDIN\": configmaps \"twice\""
                        + " already exists\n");
        assertThat(kubectl.fails("get", "pod", "nobody"))
                .isEqualTo("Error from server (NotFound): pods \"nobody\" not found\n");
        assertThat(kubectl.fails("get", "nonsense"))
                .isEqualTo("error: the server doesn't have a resource type \"nonsense\"\n");
        assertThat(kubectl.fails("create", "configmap", "Upper"))
                .startsWith("error: failed to create configmap: ConfigMap \"Upper\" is invalid: metadata.name: Invalid"
                        + " value: \"Upper\": a lowercase RFC 1123 subdomain must consist of");
        assertThat(kubectl.fails("create", "deployment", "web", "--image=x", "-n", "nowhere"))
                .isEqualTo("error: failed to create deployment: namespaces \"nowhere\" not found\n");
        String nameless =
                "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: '', image: ''}]}\n";
        assertThat(kubectl.runWith(nameless, "create", "-f", "-").failed().err())
                .isEqualTo("""
                        The Pod "p" is invalid:\s
                        * spec.containers[0].name: Required value
                        * spec.containers[0].image: Required value
                        """);
        String unknown = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: u, labelz: {}}\ndatta: {}\n";
        assertThat(kubectl.runWith(unknown, "create", "-f", "-").failed().err())
                .isEqualTo("Error from server (BadRequest): error when creating \"STDIN\": ConfigMap in version \"v1\""
                        + " cannot be handled as a ConfigMap: strict decoding error: unknown field \"datta\", unknown"
                        + " field \"metadata.labelz\"\n");
        assertThat(kubectl.runWith(unknown, "create", "--validate=warn", "-f", "-")
                        .succeeded()
                        .err())
                .isEqualTo("Warning: unknown field \"datta\"\nWarning: unknown field \"metadata.labelz\"\n");
    }

    @Test
    void aConflictIsToldAndAnUpdateOnTheNewestIsTaken() {
        Kubectl kubectl = anywhere.fresh("conflict");
        kubectl.ok("create", "configmap", "map", "--from-literal=a=1");
        String old = kubectl.ok("get", "configmap", "map", "-o", "yaml");
        kubectl.ok("annotate", "configmap", "map", "note=1");

        assertThat(kubectl.runWith(old, "replace", "-f", "-").failed().err())
                .isEqualTo("Error from server (Conflict): error when replacing \"STDIN\": Operation cannot be fulfilled"
                        + " on configmaps \"map\": the object has been modified; please apply your changes to the"
                        + " latest version and try again\n");
        assertThat(kubectl.okWith(kubectl.ok("get", "configmap", "map", "-o", "yaml"), "replace"))
                .isEqualTo("configmap/map replaced\n");
    }

    @Test
    void runStartsAPodWithoutRestart() {
        Kubectl kubectl = anywhere.fresh("run");

        assertThat(kubectl.ok("run", "single", "--image=busybox", "--restart=Never", "--labels=a=b", "--", "true"))
                .isEqualTo("pod/single created\n");

        assertThat(kubectl.value("pod single", "{.spec.restartPolicy} {.metadata.labels.a} {.spec.containers[0].args}"))
                .isEqualTo("Never b [\"true\"]");
        kubectl.ok("wait", "--for=condition=Ready", "pod/single", "--timeout=60s");
        assertThat(kubectl.run("debug", "single", "--image=busybox", "-c", "probe", "--profile=general", "--quiet")
                        .succeeded()
                        .exit())
                .isZero();
        assertThat(kubectl.value("pod single", "{.spec.ephemeralContainers[*].name}"))
                .isEqualTo("probe");
    }
}
