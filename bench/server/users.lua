-- One of ten thousand users for each request of the path that is given.
math.randomseed(os.time())
init = function(args)
  path = args[1]
end
request = function()
  return wrk.format("GET", path, { ["Authorization"] = "Bearer " .. math.random(10000) })
end
