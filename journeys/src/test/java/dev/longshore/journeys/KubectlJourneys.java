package dev.longshore.journeys;

import org.junit.platform.suite.api.ExcludeEngines;
import org.junit.platform.suite.api.ExcludeTags;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/// The journeys of every command of `kubectl` and through every kind, which need no container either: they have a JVM
/// to themselves since they work more than they wait.
@Suite
@SelectPackages("dev.longshore.journeys")
@IncludeClassNamePatterns(KubectlJourneys.CLASSES)
@ExcludeTags(ContainerJourneys.TAG)
@ExcludeEngines("junit-platform-suite")
final class KubectlJourneys {

    static final String CLASSES = ".*(\\.Kubectl|\\.everykind\\.)\\w*Test";

    private KubectlJourneys() {}
}
