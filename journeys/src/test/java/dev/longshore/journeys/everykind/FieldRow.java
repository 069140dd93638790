package dev.longshore.journeys.everykind;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// By what one kind is selected beside its name. After the field label conversions of kube-apiserver 1.36, version by
/// version: what they accept, under which names, and what their registries read there.
///
/// @param more what the sample gets beside what it has
/// @param status what its status becomes; empty for none
/// @param values each field, and what the sample has there
/// @param byNamespace whether metadata.namespace is accepted
/// @param refusal what is said of other fields
record FieldRow(
        String kind, String more, String status, Map<String, String> values, boolean byNamespace, String refusal) {

    private static final String USUAL = "field label not supported: %s";
    private static final boolean NAMESPACED = true;
    private static final boolean CLUSTER = false;

    /// Kinds without a conversion of their own. A name that is not theirs is no mistake in a kind without namespaces.
    private static final FieldRow METADATA = new FieldRow(
            "",
            "{}",
            "",
            Map.of(),
            true,
            "\"%s\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");

    /// Those with fields of their own. ReplicaSets have none: what the manual says of status.replicas held for versions
    /// that are gone.
    static final List<FieldRow> ALL = List.of(
            new FieldRow(
                    "v1 Pod",
                    "{'spec':{'nodeName':'node-x','schedulerName':'mine'}}",
                    "{'phase':'Running','podIP':'10.1.2.3','podIPs':[{'ip':'10.1.2.3'}]}",
                    values(
                            "spec.nodeName=node-x",
                            "spec.host=node-x",
                            "spec.restartPolicy=Always",
                            "spec.schedulerName=mine",
                            "spec.serviceAccountName=default",
                            "spec.hostNetwork=false",
                            "status.phase=Running",
                            "status.podIP=10.1.2.3",
                            "status.podIPs="),
                    NAMESPACED,
                    USUAL),
            // Only as long as it is bound to no node.
            new FieldRow(
                    "v1 Pod",
                    "{}",
                    "{'nominatedNodeName':'node-y'}",
                    values("status.nominatedNodeName=node-y", "spec.nodeName="),
                    NAMESPACED,
                    USUAL),
            new FieldRow("v1 Node", "{}", "", values("spec.unschedulable=false"), CLUSTER, USUAL),
            new FieldRow("v1 Namespace", "{}", "", values("status.phase=Active"), CLUSTER, USUAL),
            new FieldRow("v1 Secret", "{}", "", values("type=Opaque"), NAMESPACED, USUAL),
            new FieldRow(
                    "v1 Service",
                    "{'spec':{'clusterIP':'10.96.7.7'}}",
                    "",
                    values("spec.clusterIP=10.96.7.7", "spec.type=NodePort"),
                    NAMESPACED,
                    USUAL),
            new FieldRow(
                    "v1 ReplicationController", "{}", "{'replicas':0}", values("status.replicas=0"), NAMESPACED, USUAL),
            new FieldRow(
                    "v1 Event",
                    "{'reportingComponent':'reporter','involvedObject':{'uid':'u','resourceVersion':'7',"
                            + "'fieldPath':'spec.containers{web}'}}",
                    "",
                    values(
                            "involvedObject.kind=Pod",
                            "involvedObject.namespace=every",
                            "involvedObject.name=web",
                            "involvedObject.uid=u",
                            "involvedObject.apiVersion=v1",
                            "involvedObject.resourceVersion=7",
                            "involvedObject.fieldPath=spec.containers{web}",
                            "reason=Started",
                            "reportingComponent=reporter",
                            "source=tester",
                            "type=Normal"),
                    NAMESPACED,
                    USUAL),
            new FieldRow(
                    "events.k8s.io/v1 Event",
                    "{'regarding':{'uid':'u','resourceVersion':'7','fieldPath':'spec.containers{web}'}}",
                    "",
                    values(
                            "regarding.kind=Pod",
                            "regarding.namespace=every",
                            "regarding.name=web",
                            "regarding.uid=u",
                            "regarding.apiVersion=v1",
                            "regarding.resourceVersion=7",
                            "regarding.fieldPath=spec.containers{web}",
                            "reason=Tested",
                            "reportingController=example.com/tester",
                            "type=Normal"),
                    NAMESPACED,
                    USUAL),
            new FieldRow(
                    "batch/v1 Job",
                    "{}",
                    "{'succeeded':2}",
                    values("status.successful=2"),
                    NAMESPACED,
                    "field label \"%s\" not supported for Job"),
            new FieldRow(
                    "certificates.k8s.io/v1 CertificateSigningRequest",
                    "{}",
                    "",
                    values("spec.signerName=kubernetes.io/kube-apiserver-client"),
                    CLUSTER,
                    USUAL),
            new FieldRow(
                    "certificates.k8s.io/v1beta1 ClusterTrustBundle",
                    "{}",
                    "",
                    values("spec.signerName=example.com/roots"),
                    CLUSTER,
                    USUAL),
            new FieldRow(
                    "certificates.k8s.io/v1alpha1 ClusterTrustBundle",
                    "{}",
                    "",
                    values("spec.signerName="),
                    CLUSTER,
                    USUAL),
            // It lives in a namespace, but nobody accepts that field, nor spec.serviceAccountName since the beta.
            new FieldRow(
                    "certificates.k8s.io/v1beta1 PodCertificateRequest",
                    "{}",
                    "",
                    values("spec.signerName=example.com/pods", "spec.podName=web", "spec.nodeName=node-a"),
                    CLUSTER,
                    USUAL),
            slices("v1", "node-a"),
            slices("v1beta1", "node-a"),
            slices("v1beta2", ""));

    private static FieldRow slices(String version, String node) {
        return new FieldRow(
                "resource.k8s.io/" + version + " ResourceSlice",
                "{}",
                "",
                values("spec.nodeName=" + node, "spec.driver=gpu.example.com"),
                CLUSTER,
                "field label not supported for resource.k8s.io/" + version + ", Kind=ResourceSlice: %s");
    }

    FieldRow {
        more = more.replace('\'', '"');
        status = status.replace('\'', '"');
    }

    static FieldRow of(Sample sample) {
        return ALL.stream()
                .filter(row -> row.kind.equals(sample.toString()))
                .findFirst()
                .orElse(METADATA);
    }

    boolean accepts(String field) {
        return field.equals("metadata.name")
                || field.equals("metadata.namespace") && byNamespace
                || ALL.stream().filter(row -> row.kind.equals(kind)).anyMatch(row -> row.values.containsKey(field));
    }

    String refusalOf(String field) {
        return refusal.formatted(field);
    }

    private static Map<String, String> values(String... fields) {
        var values = new LinkedHashMap<String, String>();
        for (String field : fields) {
            int at = field.indexOf('=');
            values.put(field.substring(0, at), field.substring(at + 1));
        }
        return values;
    }

    @Override
    public String toString() {
        return kind;
    }
}
