package dev.longshore.kinds.services;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.NameRule;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// Writing services: each takes an address, and perhaps ports, from the cluster's stocks, and gives them back
/// when it goes or changes its type.
final class ServiceStrategy implements Strategy {

    private final ServiceStocks stocks;

    ServiceStrategy(ServiceStocks stocks) {
        this.stocks = stocks;
    }

    @Override
    public void applyDefaults(Resource object) {
        ServiceDefaults.apply(object.tree());
    }

    @Override
    public boolean allowsCreateOnUpdate() {
        return true;
    }

    @Override
    public void prepareForCreate(Call call, Resource object) {
        object.tree().putObject("status").putObject("loadBalancer");
        ObjectNode spec = object.object("spec");
        ServiceDefaults.sameAddresses(spec);
        ServiceFamilies.fill(spec, stocks.families(), MissingNode.getInstance());
    }

    @Override
    public void prepareForUpdate(Call call, Resource object, Resource old) {
        Strategy.super.prepareForUpdate(call, object, old);
        ObjectNode spec = object.object("spec");
        ObjectNode before = old.object("spec");
        ServiceDefaults.carryOver(spec, before);
        ServiceDefaults.sameAddresses(spec, before);
        ServiceDefaults.dropForType(spec, before);
        ServiceFamilies.fill(spec, stocks.families(), before);
    }

    @Override
    public List<Cause> validate(Call call, Resource object) {
        Checks checks = begin(object, MissingNode.getInstance());
        if (checks.count() == 0) {
            new ServiceChecks(checks, object.tree()).check();
        }
        return finished(checks, object);
    }

    @Override
    public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
        Checks checks = begin(object, old.at("spec"));
        if (checks.count() == 0) {
            var rules = new ServiceChecks(checks, object.tree());
            rules.change(old.tree());
            rules.check();
        }
        return finished(checks, object);
    }

    /// What addresses are wanted is looked at before all else: with none that can be had nothing else matters.
    private Checks begin(Resource object, JsonNode old) {
        var checks = new Checks();
        var families = new ServiceFamilies(checks, object.object("spec"));
        families.addresses();
        if (checks.count() == 0) {
            families.possible(stocks.families(), old);
        }
        return checks;
    }

    private static List<Cause> finished(Checks checks, Resource object) {
        MetadataRules.checkFinalizers(object).forEach(checks::add);
        return checks.causes();
    }

    @Override
    public List<Cause> validateStatusUpdate(Call call, Resource object, Resource old) {
        var checks = new Checks();
        new ServiceChecks(checks, object.tree()).status();
        return finished(checks, object);
    }

    @Override
    public List<String> warnings(Resource object) {
        return ServiceWarnings.of(object);
    }

    @Override
    public NameRule nameRule() {
        return NameRule.DNS_LABEL;
    }

    @Override
    public boolean isNewGeneration(Resource object, Resource old) {
        return false;
    }

    @Override
    public Reservation reserve(Call call, Registry registry, Resource object, Optional<Resource> old) {
        var held = old.map(before -> ServiceStocks.Holding.of(before.tree()))
                .orElseGet(() -> new ServiceStocks.Holding(new HashSet<>(), new HashSet<>()));
        var taken = new ServiceStocks.Holding(new HashSet<>(), new HashSet<>());
        try {
            takeAddresses(registry, object, held, taken);
            takePorts(registry, object, held, taken);
        } catch (FaultException refused) {
            stocks.giveBack(registry, taken);
            throw refused;
        }
        var dropped = held.without(ServiceStocks.Holding.of(object.tree()));
        return new Reservation() {
            @Override
            public void settle() {
                stocks.giveBack(registry, dropped);
            }

            @Override
            public void release() {
                stocks.giveBack(registry, taken);
            }
        };
    }

    @Override
    public void afterDelete(Registry registry, Resource object) {
        stocks.giveBack(registry, ServiceStocks.Holding.of(object.tree()));
    }

    private void takeAddresses(
            Registry registry, Resource object, ServiceStocks.Holding held, ServiceStocks.Holding taken) {
        ObjectNode spec = object.object("spec");
        if (!ServiceDefaults.hasAddress(spec) || ServiceFamilies.isHeadless(spec)) {
            return;
        }
        List<String> families = Trees.strings(spec, "ipFamilies");
        for (int i = 0; i < families.size(); i++) {
            String asked = spec.path("clusterIPs").path(i).asString("");
            if (!held.addresses().contains(asked)) {
                String address = asked.isEmpty()
                        ? anyAddress(registry, families.get(i))
                        : address(registry, object, families.get(i), asked);
                taken.addresses().add(address);
                if (asked.isEmpty()) {
                    Defaults.array(spec, "clusterIPs").add(address);
                }
            }
            if (i == 0) {
                spec.put("clusterIP", spec.path("clusterIPs").path(0).asString());
            }
        }
    }

    private String anyAddress(Registry registry, String family) {
        return stocks.takeAnyAddress(registry, family)
                .orElseThrow(
                        () -> new FaultException(new Fault.Internal("failed to allocate a serviceIP: range is full")));
    }

    private String address(Registry registry, Resource object, String family, String asked) {
        stocks.takeAddress(registry, family, asked).ifPresent(why -> {
            throw invalid(
                    object,
                    Cause.invalid(
                            "spec.clusterIPs", object.at("spec", "clusterIPs").toString(), why));
        });
        return asked;
    }

    private void takePorts(
            Registry registry, Resource object, ServiceStocks.Holding held, ServiceStocks.Holding taken) {
        ObjectNode spec = object.object("spec");
        if (ServiceDefaults.hasNodePorts(spec)) {
            takeNodePorts(registry, object, held, taken);
        }
        takeHealthPort(registry, spec, held, taken);
    }

    private void takeNodePorts(
            Registry registry, Resource object, ServiceStocks.Holding held, ServiceStocks.Holding taken) {
        // One number may serve a port in TCP and in UDP.
        var byPort = new HashMap<Long, Integer>();
        int index = 0;
        for (ObjectNode port : Trees.list(object.tree(), "spec", "ports")) {
            String path = "spec.ports[" + index++ + "].nodePort";
            int asked = (int) Trees.number(port, 0, "nodePort");
            long number = Trees.number(port, 0, "port");
            if (asked == 0) {
                Integer shared = byPort.get(number);
                int given = shared == null ? anyPort(registry, "failed to allocate a nodePort", taken) : shared;
                port.put("nodePort", given);
                byPort.put(number, given);
            } else if (!held.ports().contains(asked) && !taken.ports().contains(asked)) {
                Optional<String> why = stocks.takePort(registry, asked);
                if (why.isPresent()) {
                    throw invalid(object, Cause.invalid(path, Integer.toString(asked), why.get()));
                }
                taken.ports().add(asked);
                byPort.put(number, asked);
            }
        }
    }

    private void takeHealthPort(
            Registry registry, ObjectNode spec, ServiceStocks.Holding held, ServiceStocks.Holding taken) {
        int asked = (int) Trees.number(spec, 0, "healthCheckNodePort");
        if (!ServiceDefaults.hasHealthPort(spec) || asked != 0 && held.ports().contains(asked)) {
            return;
        }
        if (asked == 0) {
            spec.put("healthCheckNodePort", anyPort(registry, "failed to allocate a HealthCheck NodePort", taken));
            return;
        }
        stocks.takePort(registry, asked).ifPresent(why -> {
            throw new FaultException(
                    new Fault.BadRequest("failed to allocate requested HealthCheck NodePort " + asked + ": " + why));
        });
        taken.ports().add(asked);
    }

    private int anyPort(Registry registry, String failure, ServiceStocks.Holding taken) {
        int port = stocks.takeAnyPort(registry)
                .orElseThrow(() -> new FaultException(new Fault.Internal(failure + ": range is full")));
        taken.ports().add(port);
        return port;
    }

    private static FaultException invalid(Resource object, Cause cause) {
        return new FaultException(new Fault.Invalid(object.kind(), object.name(), List.of(cause)));
    }
}
