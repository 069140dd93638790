/// One class per controller.
package dev.longshore.controllers;
