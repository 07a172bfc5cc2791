window.waymark = window.waymark || function () { (waymark.q = waymark.q || []).push(arguments); };
