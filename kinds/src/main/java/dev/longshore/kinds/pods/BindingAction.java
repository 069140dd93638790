package dev.longshore.kinds.pods;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.SubresourceAction;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Gives a pod its node: the scheduler's last word, said once.
public final class BindingAction implements SubresourceAction {

    private final Time time;

    /// Stamps conditions by `time`.
    public BindingAction(Time time) {
        this.time = time;
    }

    @Override
    public Result act(Call call, Registry registry, Invocation invocation) {
        Resource binding =
                invocation.body().orElseThrow(() -> new FaultException(new Fault.BadRequest("a Binding was expected")));
        if (!binding.name().equals(invocation.name())) {
            throw new FaultException(new Fault.BadRequest("name in URL does not match name in Binding object"));
        }
        bind(call, registry, invocation.namespace(), invocation.name(), binding);
        return new Result.Answer(201, success());
    }

    /// Binds the pod `namespace`/`name`.
    public void bind(Call call, Registry registry, String namespace, String name, Resource binding) {
        String node = binding.text("target", "name");
        String kind = binding.text("target", "kind");
        var causes = new ArrayList<Cause>();
        if (!kind.isEmpty() && !kind.equals("Node")) {
            causes.add(Cause.unsupported("target.kind", '"' + kind + '"', List.of("Node", "<empty>")));
        }
        if (node.isEmpty()) {
            causes.add(Cause.required("target.name", ""));
        }
        if (!causes.isEmpty()) {
            throw invalid(causes);
        }
        if (call.dryRun()) {
            Resource pod = registry.get(PodConnect.PODS, namespace, name)
                    .orElseThrow(() -> new FaultException(new Fault.NotFound(PodConnect.PODS, name)));
            assign(pod.copy(), node, binding);
            return;
        }
        registry.change(PodConnect.PODS, namespace, name, pod -> assign(pod, node, binding));
    }

    /// As kube-apiserver answers it: these causes never become those of an invalid object.
    private static FaultException invalid(List<Cause> causes) {
        String message = causes.stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .collect(Collectors.joining(", "));
        return new FaultException(new Fault.Foreign(500, "", causes.size() == 1 ? message : "[" + message + "]"));
    }

    private Resource assign(Resource pod, String node, Resource binding) {
        String uid = binding.text("metadata", "uid");
        if (!uid.isEmpty() && !uid.equals(pod.uid())) {
            throw conflict(
                    pod, "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + pod.uid());
        }
        String version = binding.text("metadata", "resourceVersion");
        if (!version.isEmpty() && !version.equals(pod.text("metadata", "resourceVersion"))) {
            throw conflict(
                    pod,
                    "Precondition failed: ResourceVersion in precondition: " + version
                            + ", ResourceVersion in object meta: " + pod.text("metadata", "resourceVersion"));
        }
        if (pod.isTerminating()) {
            throw conflict(pod, "pod " + pod.name() + " is being deleted, cannot be assigned to a host");
        }
        String assigned = pod.text("spec", "nodeName");
        if (!assigned.isEmpty()) {
            throw conflict(pod, "pod " + pod.name() + " is already assigned to node \"" + assigned + "\"");
        }
        if (!pod.at("spec", "schedulingGates").isEmpty()) {
            throw conflict(pod, "pod " + pod.name() + " has non-empty .spec.schedulingGates");
        }
        pod.object("spec").put("nodeName", node);
        pod.object("status").remove("nominatedNodeName");
        binding.annotations()
                .forEach(
                        (key, value) -> pod.metadata().withObject("annotations").put(key, value));
        binding.labels()
                .forEach((key, value) -> pod.metadata().withObject("labels").put(key, value));
        scheduled(pod);
        return pod;
    }

    private void scheduled(Resource pod) {
        ObjectNode status = pod.object("status");
        ObjectNode condition = Trees.list(status, "conditions").stream()
                .filter(one -> Trees.text(one, "type").equals("PodScheduled"))
                .findFirst()
                .orElseGet(() -> status.withArray("conditions").addObject());
        condition.removeAll();
        condition.put("type", "PodScheduled").put("status", "True");
        condition.put(
                "lastTransitionTime", time.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private static FaultException conflict(Resource pod, String detail) {
        return new FaultException(new Fault.Conflict(new GroupResource("", "pods/binding"), pod.name(), detail));
    }

    /// What is answered when all went well: a Status.
    static Resource success() {
        ObjectNode status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Success").put("code", 201);
        return new Resource(status);
    }
}
